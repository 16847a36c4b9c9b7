package io.holdfast.conformance.broken;

import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;

/** Stores that measure leases wrongly. */
final class BrokenLeases {
    private BrokenLeases() {}

    /** Holds until it is told otherwise. */
    static final class Endless extends SimpleStore {
        Endless(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        boolean isOver(Hold hold) {
            return false;
        }
    }

    /** Takes back a tenth of each lease. */
    static final class Early extends SimpleStore {
        Early(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        boolean isOver(Hold hold) {
            return ticker.read() - hold.expiresAt >= -hold.leaseNanos() / 10;
        }
    }

    /** Has no timer: a lease ends when the next command comes by. */
    static final class OnDemand extends SimpleStore {
        OnDemand(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        void scheduleExpiry(Slot slot, Hold hold) {}
    }

    /** Counts on half a lease more than it keeps. */
    static final class ValidTooLong extends SimpleStore {
        ValidTooLong(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        Grant begin(SimpleConnection from, Slot slot, AcquireRequest request, long startedAt) {
            return super.begin(from, slot, request, startedAt + request.leaseMillis() * 500_000);
        }
    }
}
