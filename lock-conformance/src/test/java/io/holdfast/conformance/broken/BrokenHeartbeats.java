package io.holdfast.conformance.broken;

import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Stores that mistake what a heartbeat is for. */
final class BrokenHeartbeats {
    private BrokenHeartbeats() {}

    /** Gives a client that is alive what it had. */
    static final class Reviving extends SimpleStore {
        Reviving(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        RenewOutcome renew(HoldRef ref) {
            Slot slot = slot(ref.resource());
            expire(slot);
            Hold last = slot.last;
            if (slot.hold == null && last != null && last.matches(ref)) {
                slot.hold = last;
                last.extendFrom(ticker.read());
            }
            return super.renew(ref);
        }
    }

    /** Answers without doing anything. */
    static final class WithoutEffect extends SimpleStore {
        WithoutEffect(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        RenewOutcome renew(HoldRef ref) {
            Slot slot = slot(ref.resource());
            expire(slot);
            Hold hold = slot.hold;
            return hold != null && hold.matches(ref)
                    ? new RenewOutcome.Renewed(ticker.read() + hold.leaseNanos())
                    : new RenewOutcome.Lost();
        }
    }

    /** Sends the first heartbeat of a batch and forgets the others. */
    static final class FirstOnly extends SimpleStore {
        FirstOnly(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        SimpleConnection connect() {
            return new SimpleConnection(this) {
                @Override
                public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
                    return super.renew(holds.subList(0, Math.min(1, holds.size())));
                }
            };
        }
    }
}
