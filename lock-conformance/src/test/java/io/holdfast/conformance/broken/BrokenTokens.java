package io.holdfast.conformance.broken;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.time.Instant;

/** Stores that give tokens which don't grow. */
final class BrokenTokens {
    private BrokenTokens() {}

    /** Takes an expired hold for its own predecessor. */
    static final class ReusedAfterExpiry extends SimpleStore {
        ReusedAfterExpiry(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        long nextToken(Slot slot) {
            return slot.lastExpired && slot.last != null ? slot.last.token : super.nextToken(slot);
        }
    }

    /** Trusts the wall clock, and counts only within its milliseconds. */
    static final class FromWallClock extends SimpleStore {
        FromWallClock(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        long nextToken(Slot slot) {
            Duration sinceEpoch = Duration.between(Instant.EPOCH, wallClock(ticker.read()));
            return sinceEpoch.plusDays(1).toMillis() * 1_000 + super.nextToken(slot) % 1_000;
        }
    }

    /** Keeps the highest token in memory only. */
    static final class ForgottenAtRestart extends SimpleStore {
        ForgottenAtRestart(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        void restart() {
            super.restart();
            lastToken = 0;
        }
    }
}
