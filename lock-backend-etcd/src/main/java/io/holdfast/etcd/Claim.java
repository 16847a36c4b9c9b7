package io.holdfast.etcd;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.Scheduler;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One request's share in its client's ticket. Touched by one step of its {@link Place} at a time.
 *
 * @see Steps
 */
final class Claim {
    private final AcquireRequest request;
    private final long deadline;
    private final CompletableFuture<Optional<Grant>> turn = new CompletableFuture<>();
    private @Nullable LockInfo holder;
    private Scheduler.@Nullable Cancellable timer;
    private boolean waiting;

    Claim(AcquireRequest request, long now) {
        this.request = request;
        this.deadline = now + request.waitNanos();
    }

    AcquireRequest request() {
        return request;
    }

    CompletableFuture<Optional<Grant>> turn() {
        return turn;
    }

    boolean isWaiting() {
        return waiting;
    }

    @Nullable
    LockInfo holder() {
        return holder;
    }

    /** Begins to wait behind a hold. */
    void waitFor(LockInfo hold, Scheduler.Cancellable untilOver) {
        waiting = true;
        holder = hold;
        timer = untilOver;
    }

    long deadline() {
        return deadline;
    }

    boolean isOver(long now) {
        return deadline - now <= 0;
    }

    /** Ends the wait without an answer. */
    void stopWaiting() {
        waiting = false;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
