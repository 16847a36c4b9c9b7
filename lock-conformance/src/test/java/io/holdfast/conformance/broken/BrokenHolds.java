package io.holdfast.conformance.broken;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.Optional;

/** Stores that err about whose a hold is. */
final class BrokenHolds {
    private BrokenHolds() {}

    /** Looks only at the holds of the process that asks. */
    static final class PerProcess extends SimpleStore {
        PerProcess(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        AcquireReply refuse(SimpleConnection from, Slot slot, Hold hold, AcquireRequest request) {
            return hold.from == from
                    ? super.refuse(from, slot, hold, request)
                    : begin(from, slot, request, request.startedAt());
        }
    }

    /** Takes a withdrawal for something that concerns only the queue. */
    static final class KeptAfterWithdrawal extends SimpleStore {
        KeptAfterWithdrawal(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        Optional<LockInfo> withdraw(AcquireRequest request) {
            slot(request.resource()).remove(request);
            return inspect(request.resource());
        }
    }

    /** Takes a repeated acquire for a new one. */
    static final class NewTokenAtRepeat extends SimpleStore {
        NewTokenAtRepeat(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        Grant again(Slot slot, Hold hold, AcquireRequest request) {
            hold.token = nextToken(slot);
            return super.again(slot, hold, request);
        }
    }

    /** Sets the lease to whatever was asked last. */
    static final class ShortenedAtRepeat extends SimpleStore {
        ShortenedAtRepeat(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        Grant again(Slot slot, Hold hold, AcquireRequest request) {
            hold.leaseMillis = request.leaseMillis();
            return super.again(slot, hold, request);
        }
    }
}
