package io.holdfast.conformance.broken;

import io.holdfast.LockBackendException;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stores that err only when they were paused. */
final class BrokenPauses {
    private BrokenPauses() {}

    /** Sees no difference between a lock that it can't have and a store that doesn't answer. */
    static final class SilenceReadsAsHeld extends SimpleStore {
        SilenceReadsAsHeld(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        SimpleConnection connect() {
            return BrokenConnections.readingAsHeld(this, connection -> isPaused());
        }
    }

    /** Sees no difference between a hold that is lost and a store that doesn't answer. */
    static final class SilenceReadsAsLost extends SimpleStore {
        SilenceReadsAsLost(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        SimpleConnection connect() {
            return new SimpleConnection(this) {
                @Override
                public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
                    return isPaused()
                            ? CompletableFuture.completedFuture(
                                    Collections.nCopies(holds.size(), new RenewOutcome.Lost()))
                            : super.renew(holds);
                }
            };
        }
    }

    /**
     * Gives a request up and connects anew, but carries the request out all the same, and later than what comes over the
     * new connection.
     */
    static final class OrderLost extends SimpleStore {
        OrderLost(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        SimpleConnection connect() {
            return new SimpleConnection(this) {
                @Override
                public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
                    boolean givenUp = isPaused();
                    CompletionStage<AcquireReply> answer = super.acquire(request);
                    return givenUp
                            ? CompletableFuture.failedFuture(LockBackendException.outcomeUnknown("no answer", null))
                            : answer;
                }
            };
        }

        @Override
        List<Runnable> inOrder(List<Runnable> commands) {
            List<Runnable> backwards = new ArrayList<>(commands);
            Collections.reverse(backwards);
            return backwards;
        }
    }
}
