package io.holdfast.conformance.broken;

import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Stores whose connections fail in the wrong way. */
final class BrokenConnections {
    private BrokenConnections() {}

    /** Sees no difference between a lock that it can't have and a store that it can't reach. */
    static final class FailureReadsAsHeld extends SimpleStore {
        FailureReadsAsHeld(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        SimpleConnection connect() {
            return readingAsHeld(this, SimpleConnection::isCut);
        }
    }

    /** A connection that tells whoever acquires that somebody else has the resource, when it had better fail. */
    static SimpleConnection readingAsHeld(SimpleStore store, Predicate<SimpleConnection> when) {
        return new SimpleConnection(store) {
            @Override
            public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
                return when.test(this)
                        ? CompletableFuture.completedFuture(heldBySomebody(request.resource()))
                        : super.acquire(request);
            }
        };
    }

    private static AcquireReply heldBySomebody(String resource) {
        return new AcquireReply.Held(
                new LockInfo(resource, "somebody", 1, LockStatus.HELD, Instant.EPOCH, Instant.EPOCH, Duration.ZERO, 0));
    }

    /** Throws what it should answer. */
    static final class Throwing extends SimpleStore {
        Throwing(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        SimpleConnection connect() {
            return new SimpleConnection(this) {
                @Override
                <T> CompletionStage<T> send(Supplier<T> command) {
                    if (isClosed()) {
                        throw new IllegalStateException("closed");
                    }
                    return super.send(command);
                }
            };
        }
    }

    /** Starts a thread with each connection and never ends it. */
    static final class LeavingAThread extends SimpleStore {
        private final CountDownLatch never = new CountDownLatch(1);

        LeavingAThread(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        SimpleConnection connect() {
            Thread left = new Thread(
                    () -> {
                        try {
                            never.await();
                        } catch (InterruptedException ended) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "left behind");
            left.setDaemon(true);
            left.start();
            return super.connect();
        }

        @Override
        void close() {
            never.countDown();
        }
    }
}
