package io.holdfast.core;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a request back, and goes on trying while the backend can't be reached: until it has answered, or until nothing of the request can be left because its wait and
 * its lease are over.
 */
final class Withdrawal extends Task {
    private static final Logger LOG = LoggerFactory.getLogger(LockManager.class);

    private final LockManager manager;
    private final AcquireRequest request;
    private final long until;
    private volatile boolean over;
    /** After a failure; twice as long each time. */
    private long pause = LockManager.NANOS_PER_MILLI;

    Withdrawal(LockManager manager, AcquireRequest request) {
        this.manager = manager;
        this.request = request;
        long waited = request.startedAt() + request.waitNanos();
        long now = manager.now();
        this.until = (waited - now > 0 ? waited : now) + request.leaseMillis() * LockManager.NANOS_PER_MILLI;
    }

    @Override
    String resource() {
        return request.resource();
    }

    @Override
    boolean isOver() {
        return over;
    }

    /** Sends the withdrawal; gives the answer to this try. */
    CompletableFuture<Optional<LockInfo>> send() {
        CompletableFuture<Optional<LockInfo>> answer = manager.calls().withdraw(request);
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            over = true;
            return answer;
        }
        manager.schedule(this, manager.now() + manager.answerNanos());
        Answers.whenDone(answer, (inTheWay, failure) -> {
            if (failure == null) {
                over = true;
                manager.cancel(this);
            } else {
                LOG.debug("request of '{}' for '{}' could not be withdrawn yet", request.client(), resource(), failure);
                pause = Math.min(pause * 2, manager.answerNanos());
                manager.schedule(this, manager.now() + pause);
            }
        });
        return answer;
    }

    @Override
    void run(long now, RenewalBatch renewals) {
        if (until - now <= 0) {
            over = true;
        } else {
            CompletableFuture<?> unused = send();
        }
    }

    @Override
    CompletableFuture<?> end() {
        over = true;
        return manager.calls().withdraw(request);
    }
}
