package io.holdfast.redis;

import io.holdfast.spi.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This process's waiters for one resource, and the moment at which one of them asks again, because the end of a lease runs no script.
 * Guarded by whoever keeps it.
 *
 * <p>Its timer isn't stopped when the last waiter leaves, since the next one mostly comes before it would ring; a watch without waiters ends with it.
 */
final class Watch {
    private final Set<Waiter> waiters = new LinkedHashSet<>();
    private long askAt;
    /** Whether one of the waiters is asking, so that its answer is about to tell when to ask next. */
    private boolean asking;

    private long ringsAt;
    private Scheduler.@Nullable Cancellable timer;

    /** Adds a waiter, or has one of them ask again at a moment; the earliest moment of them all counts. */
    void add(Waiter waiter, long moment) {
        askAt = asking || waiters.isEmpty() || moment - askAt < 0 ? moment : askAt;
        asking = false;
        waiters.add(waiter);
    }

    void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    long askAt() {
        return askAt;
    }

    /** One of them asks now, and once more at a moment if there is no answer by then. */
    void putOff(long moment) {
        askAt = moment;
        asking = true;
    }

    List<Waiter> waiters() {
        return new ArrayList<>(waiters);
    }

    /** Whether a timer is set that rings by a moment. */
    boolean ringsBy(long moment) {
        return timer != null && ringsAt - moment <= 0;
    }

    void set(long moment, Scheduler.Cancellable newTimer) {
        if (timer != null) {
            timer.cancel();
        }
        timer = newTimer;
        ringsAt = moment;
    }

    void rung() {
        timer = null;
    }
}
