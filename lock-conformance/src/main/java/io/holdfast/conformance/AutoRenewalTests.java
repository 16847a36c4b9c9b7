package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.conformance.FaultyBackend.Command;
import io.holdfast.conformance.FaultyBackend.Fault;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise 12. */
abstract class AutoRenewalTests extends LockTopic {
    /** Null where time stands still while a test works. */
    private @Nullable LateTimers stalls;

    AutoRenewalTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    final void watchForStalls() {
        if (!fixture().slack().isZero()) {
            stalls = closing(new LateTimers(fixture()));
        }
    }

    @Test
    @Promise(12)
    final void aHandleIsKeptPastItsLease() throws InterruptedException {
        givenExclusion();
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        passALease();
        passALease();
        assertKept(hold);
    }

    @Test
    @Promise(12)
    final void aHandleThatWaitedIsKeptPastItsLease() {
        givenNotification();
        Peer peer = peer();
        var held = peer.take(ALICE);
        var bob = locks().acquireAsync(resource, BOB, LONG, renewing(lease()));
        eventually("one waits", () -> peer.waiters() == 1);
        peer.release(held);
        LockHandle hold = result(bob);
        givenNoOvertaking(peer);
        passALease();
        passALease();
        assertKept(hold);
    }

    @Test
    @Promise(12)
    final void renewalIsTheDefault() {
        assertThat(LockOptions.defaults().autoRenewal()).isTrue();
    }

    @Test
    @Promise(12)
    final void renewalHappensAtAThirdOfTheLease() throws InterruptedException {
        FaultyBackend counting = faulty();
        long start = fixture().ticker().read();
        LockHandle hold = locks(counting).acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        given(hold.remaining().compareTo(hold.lease()) <= 0, 11, "a hold counts as valid for longer than its lease");
        int early = counting.calls(Command.RENEW);
        assumeBeforeRenewal(start);
        assertThat(early).isZero();
        pass(lease().dividedBy(3).plus(fixture().slack()));
        int first = counting.calls(Command.RENEW);
        assumeNoStallIf(first == 0);
        assertThat(first).isPositive();
        pass(lease().multipliedBy(2));
        assumeNoStallIf(counting.calls(Command.RENEW) < 3);
        // A little earlier than at a third is as good, for then several can go in one call; much earlier is a waste.
        long mostCalls = passedSince(start).multipliedBy(4).dividedBy(lease());
        assertThat(counting.calls(Command.RENEW)).isBetween(3, (int) mostCalls);
    }

    @Test
    @Promise(12)
    final void withoutRenewalNothingIsSent() throws InterruptedException {
        FaultyBackend counting = faulty();
        locks(counting).acquire(resource, ALICE, Duration.ZERO, brief());
        passALease();
        assertThat(counting.calls(Command.RENEW)).isZero();
    }

    @Test
    @Promise(12)
    final void renewalEndsWithTheRelease() throws InterruptedException {
        FaultyBackend counting = faulty();
        long start = fixture().ticker().read();
        LockHandle hold = locks(counting).acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        hold.close();
        assumeBeforeRenewal(start);
        passALease();
        assertThat(counting.calls(Command.RENEW)).isZero();
    }

    @Test
    @Promise(12)
    final void renewalEndsWithTheManager() throws InterruptedException {
        FaultyBackend counting = faulty();
        DistributedLock locks = locks(counting);
        long start = fixture().ticker().read();
        locks.acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        locks.close();
        assumeBeforeRenewal(start);
        passALease();
        assertThat(counting.calls(Command.RENEW)).isZero();
    }

    @Test
    @Promise(12)
    final void renewalEndsWithTheLoss() throws InterruptedException {
        FaultyBackend counting = faulty();
        LockHandle hold = locks(counting).acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        peer().release(HoldRef.ofClient(resource, ALICE));
        passALease();
        given(peer().look().isEmpty(), 8, "a heartbeat revives what was released");
        assertThat(hold.isValid()).isFalse();
        int calls = counting.calls(Command.RENEW);
        passALease();
        assertThat(counting.calls(Command.RENEW)).isEqualTo(calls);
    }

    @Test
    @Promise(12)
    final void aRenewalThatWasRefusedOnceIsTriedAgain() throws InterruptedException {
        assertKeptAfterOne(Fault.REFUSED);
    }

    @Test
    @Promise(12)
    final void aRenewalWhoseAnswerWasLostIsTriedAgain() throws InterruptedException {
        assertKeptAfterOne(Fault.REPLY_LOST);
    }

    @Test
    @Promise(12)
    final void renewalGoesOnAfterACutConnectionIsRestored() throws InterruptedException {
        givenExclusion();
        var connection = fixture().connect();
        LockHandle hold = locks(connection).acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        fixture().faults().cut(connection);
        pass(lease().dividedBy(2));
        fixture().faults().restore(connection);
        passALease();
        assertKept(hold);
    }

    @Test
    @Promise(12)
    final void aPauseOfTheStoreThatIsShorterThanTheLeaseLosesNoHold() throws InterruptedException {
        givenExclusion();
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        pauseStore();
        pass(lease().dividedBy(2));
        resumeStore();
        passALease();
        assertKept(hold);
    }

    /** A hold outlives its lease, though one of its renewals fails. */
    private void assertKeptAfterOne(Fault fault) throws InterruptedException {
        givenExclusion();
        FaultyBackend flaky = faulty();
        LockHandle hold = locks(flaky).acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        flaky.failNext(Command.RENEW, fault);
        passALease();
        passALease();
        assertKept(hold);
    }

    private void assertKept(LockHandle hold) {
        boolean valid = hold.isValid();
        AcquireReply reply = peer().tryOnce(CAROL);
        assumeNoStallIf(!valid || !(reply instanceof AcquireReply.Held));
        assertThat(valid).isTrue();
        assertThat(reply).isInstanceOf(AcquireReply.Held.class);
    }

    /** Aborts a test that was itself too slow to end what began at this moment before the first renewal was due. */
    private void assumeBeforeRenewal(long start) {
        Assumptions.assumeTrue(
                passedSince(start).compareTo(lease().dividedBy(4)) < 0,
                "this machine was too busy to look before the first renewal");
    }

    /** Aborts a test that has found something wrong which may come of a pause of this process. */
    private void assumeNoStallIf(boolean wrong) {
        if (wrong && stalls != null) {
            Duration stall = stalls.longestStall();
            Assumptions.assumeTrue(
                    stall.compareTo(fixture().slack()) <= 0,
                    () -> "this machine was too busy: timers were late by up to " + stall);
        }
    }
}
