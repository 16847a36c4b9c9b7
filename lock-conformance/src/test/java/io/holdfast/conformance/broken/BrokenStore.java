package io.holdfast.conformance.broken;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A store that breaks a promise.
 *
 * @param error what it does wrong
 * @param make makes it
 * @param promises which promises the suite must find broken, and no others
 */
record BrokenStore(String error, BiFunction<Ticker, Scheduler, SimpleStore> make, Set<Integer> promises) {
    /** All of them. */
    static final List<BrokenStore> ALL = List.of(
            of("grants what another process holds", BrokenHolds.PerProcess::new, 1),
            of("reuses a token after expiry", BrokenTokens.ReusedAfterExpiry::new, 2),
            of("takes tokens from the wall clock", BrokenTokens.FromWallClock::new, 2),
            of("forgets its tokens at a restart", BrokenTokens.ForgottenAtRestart::new, 2),
            of("never ends a lease", BrokenLeases.Endless::new, 3),
            of("ends a lease early", BrokenLeases.Early::new, 3),
            of("ends a lease only when asked", BrokenLeases.OnDemand::new, 3),
            of("queues who may not wait", BrokenQueues.WithoutRefusal::new, 4),
            of("takes a paused store for a held lock", BrokenPauses.SilenceReadsAsHeld::new, 4),
            of("takes a paused store for a lost hold", BrokenPauses.SilenceReadsAsLost::new, 4, 12),
            of("forgets to withdraw a waiter", BrokenQueues.WithoutWithdrawal::new, 5),
            of("keeps a grant that is withdrawn", BrokenHolds.KeptAfterWithdrawal::new, 5),
            of("leaves a thread behind", BrokenConnections.LeavingAThread::new, 5),
            of("lets a withdrawal overtake its request after a pause", BrokenPauses.OrderLost::new, 5),
            of("gives a new token to the holder who asks again", BrokenHolds.NewTokenAtRepeat::new, 6),
            of("shortens a lease at a repeated acquire", BrokenHolds.ShortenedAtRepeat::new, 6),
            of("queues a duplicate apart", BrokenQueues.WithDuplicates::new, 6),
            of("releases without checking the holder", BrokenReleases.OfAnybody::new, 7),
            of("lets a late release end a newer hold", BrokenReleases.OfNewerHold::new, 7),
            of("says true to every release", BrokenReleases.AlwaysTrue::new, 7),
            of("revives a lost hold by a heartbeat", BrokenHeartbeats.Reviving::new, 8),
            of("ignores heartbeats but says yes", BrokenHeartbeats.WithoutEffect::new, 8, 12),
            of("renews only the first of many", BrokenHeartbeats.FirstOnly::new, 8),
            of("serves the last waiter first", BrokenQueues.LastInFirstOut::new, 9),
            of("lets a dead waiter block the queue", BrokenQueues.WithDeadWaiters::new, 9),
            of("lets a newcomer overtake", BrokenQueues.WithOvertaking::new, 9),
            of("wakes all waiters", BrokenQueues.WakingAll::new, 10),
            of("loses a wake up", BrokenQueues.LosingAWakeUp::new, 10),
            of("spends a thread on each waiter", BrokenQueues.ThreadPerWaiter::new, 10),
            of("calls a hold valid for too long", BrokenLeases.ValidTooLong::new, 11),
            of("takes a lost connection for a held lock", BrokenConnections.FailureReadsAsHeld::new, 13),
            of("throws when it is closed", BrokenConnections.Throwing::new, 13),
            of("ends names at NUL", BrokenNames.Truncated::new, 14),
            of("ignores case", BrokenNames.CaseInsensitive::new, 14),
            of("keeps question marks for what isn't ASCII", BrokenNames.QuestionMarked::new, 14),
            of("binds a hold to its thread", BrokenReleases.ThreadBound::new, 15));

    private static BrokenStore of(String error, BiFunction<Ticker, Scheduler, SimpleStore> make, Integer... promises) {
        return new BrokenStore(error, make, Set.of(promises));
    }

    BackendFixture fixture() {
        return new SimpleFixture(make);
    }

    @Override
    public String toString() {
        return error;
    }
}
