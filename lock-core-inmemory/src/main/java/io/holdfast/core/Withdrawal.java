package io.holdfast.core;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a request back, and goes on trying while the backend can't be reached: until it has answered, or until nothing of the request can be left because its wait and
 * its lease are over. The shard knows it all that time.
 */
final class Withdrawal extends Task {
    private static final Logger LOG = LoggerFactory.getLogger(LockManager.class);

    private final Services services;
    private final Shard shard;
    private final AcquireRequest request;
    // What follows is guarded by the shard.
    private long until;
    private boolean over;
    /** After a failure; twice as long each time. */
    private long pause = Services.NANOS_PER_MILLI;

    Withdrawal(Services services, AcquireRequest request) {
        this.services = services;
        this.shard = services.shardOf(request.resource());
        this.request = request;
        long waited = request.startedAt() + request.waitNanos();
        long now = services.now();
        this.until = (waited - now > 0 ? waited : now) + request.leaseMillis() * Services.NANOS_PER_MILLI;
    }

    @Override
    String resource() {
        return request.resource();
    }

    @Override
    boolean isOver() {
        return over;
    }

    boolean isOf(String resource, String client) {
        return request.resource().equals(resource) && request.client().equals(client);
    }

    AcquireRequest request() {
        return request;
    }

    /** Until when something of the request may be left in the backend that can't be reached. */
    long until() {
        return until;
    }

    /** Another request may have lengthened the lease of the hold that this one's claim keeps. */
    void prolong(long moment) {
        if (moment - until > 0) {
            until = moment;
        }
    }

    void finish() {
        over = true;
    }

    /** Sends the withdrawal; gives the answer to this try. */
    CompletableFuture<Optional<LockInfo>> send() {
        CompletableFuture<Optional<LockInfo>> answer = services.calls().withdraw(request);
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            shard.confirmed(this, services.now());
            return answer;
        }
        services.schedule(this, services.now() + services.answerNanos());
        Answers.whenDone(answer, (inTheWay, failure) -> {
            if (failure == null) {
                shard.confirmed(this, services.now());
            } else {
                LOG.debug("request of '{}' for '{}' could not be withdrawn yet", request.client(), resource(), failure);
                pause = Math.min(pause * 2, services.answerNanos());
                services.schedule(this, services.now() + pause);
            }
        });
        return answer;
    }

    @Override
    void run(long now, RenewalBatch renewals) {
        if (!shard.giveUp(this, now)) {
            CompletableFuture<?> unused = send();
        }
    }

    @Override
    CompletableFuture<?> end() {
        return services.calls().withdraw(request);
    }
}
