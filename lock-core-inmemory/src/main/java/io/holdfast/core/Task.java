package io.holdfast.core;

import io.holdfast.core.internal.DueNode;
import java.util.concurrent.CompletableFuture;

/** Something that the manager has to do at a certain time about one resource. All fields are guarded by the lock of the resource's {@link Shard}. */
abstract class Task extends DueNode {
    private long due;
    private boolean scheduled;

    @Override
    protected final long due() {
        return due;
    }

    final boolean isScheduled() {
        return scheduled;
    }

    final void scheduledFor(long moment) {
        due = moment;
        scheduled = true;
    }

    final void unscheduled() {
        scheduled = false;
    }

    /** The resource whose shard keeps this. */
    abstract String resource();

    /** Whether nothing is left to do, so that scheduling it again would be in vain. Called under the shard's lock. */
    abstract boolean isOver();

    /**
     * Does what is due; called without any lock.
     *
     * @param now the present moment
     * @param renewals where to put a hold that is to be renewed, together with all others that are due
     */
    abstract void run(long now, RenewalBatch renewals);

    /**
     * Ends this because the manager closes; called without any lock.
     *
     * @return completes when the backend has confirmed it, or has failed to
     */
    abstract CompletableFuture<?> end();
}
