package io.holdfast.conformance.broken;

import io.holdfast.spi.HoldRef;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;

/** Stores that release what they shouldn't, or not what they should. */
final class BrokenReleases {
    private BrokenReleases() {}

    /** Releases whatever is held. */
    static final class OfAnybody extends SimpleStore {
        OfAnybody(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        boolean mayRelease(Hold hold, HoldRef ref) {
            return true;
        }
    }

    /** Looks at the client and not at the token. */
    static final class OfNewerHold extends SimpleStore {
        OfNewerHold(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        boolean mayRelease(Hold hold, HoldRef ref) {
            return hold.client.equals(ref.client());
        }
    }

    /** Says that it has done what was done before. */
    static final class AlwaysTrue extends SimpleStore {
        AlwaysTrue(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        boolean release(HoldRef ref) {
            super.release(ref);
            return true;
        }
    }

    /** Lets only that thread release which acquired. */
    static final class ThreadBound extends SimpleStore {
        ThreadBound(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        boolean mayRelease(Hold hold, HoldRef ref) {
            return super.mayRelease(hold, ref) && hold.thread == Thread.currentThread();
        }
    }
}
