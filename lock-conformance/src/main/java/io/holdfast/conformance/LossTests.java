package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockLostException;
import io.holdfast.conformance.FaultyBackend.Command;
import io.holdfast.conformance.FaultyBackend.Fault;
import io.holdfast.core.LockManager;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 11. */
abstract class LossTests extends LockTopic {
    private static final int STEPS = 10;

    LossTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(11)
    final void aGrantCountsFromBeforeTheRequestWasSent() {
        Grant grant = peer().take(ALICE);
        long now = fixture().ticker().read();
        assertThat(Duration.ofNanos(grant.validUntil() - now))
                .isLessThanOrEqualTo(Duration.ofMillis(grant.leaseMillis()));
    }

    @Test
    @Promise(11)
    final void nobodyGetsInWhileAGrantIsValid() {
        givenExclusion();
        long start = fixture().ticker().read();
        Grant grant = peer().takeBriefly(ALICE);
        assertNobodyGetsInWhile(start, () -> fixture().ticker().read() - grant.validUntil() < 0);
    }

    @Test
    @Promise(11)
    final void nobodyGetsInWhileAWaitersGrantIsValid() {
        givenExclusion();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer.queueBriefly(BOB);
        pass(lease().dividedBy(2));
        long start = fixture().ticker().read();
        peer.release(held);
        given(bob.isGranted(), 10, "the waiter isn't told of the release");
        givenNoOvertaking(peer);
        Grant grant = bob.grant();
        assertNobodyGetsInWhile(start, () -> fixture().ticker().read() - grant.validUntil() < 0);
    }

    @Test
    @Promise(11)
    final void nobodyGetsInWhileARenewedHoldIsValid() {
        givenExclusion();
        Peer peer = peer();
        long begun = fixture().ticker().read();
        Grant held = peer.takeBriefly(ALICE);
        pass(lease().dividedBy(2));
        long start = fixture().ticker().read();
        RenewOutcome outcome = peer.renew(held);
        assumeInTime(begun);
        given(outcome instanceof RenewOutcome.Renewed, 8, "a heartbeat isn't answered as one");
        pass(mostOfALease());
        given(peer.holder().filter(ALICE::equals).isPresent(), 8, "a heartbeat doesn't extend a hold");
        long validUntil = ((RenewOutcome.Renewed) outcome).validUntil();
        assertNobodyGetsInWhile(start, () -> fixture().ticker().read() - validUntil < 0);
    }

    @Test
    @Promise(11)
    final void nobodyGetsInWhileAHandleIsValid() throws InterruptedException {
        givenExclusion();
        long start = fixture().ticker().read();
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, brief());
        boolean valid = hold.isValid();
        assumeInTime(start);
        assertThat(valid).isTrue();
        assertNobodyGetsInWhile(start, hold::isValid);
    }

    @Test
    @Promise(11)
    final void aHandleIsValidForMostOfItsLease() throws InterruptedException {
        long start = fixture().ticker().read();
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, brief());
        pass(lease().dividedBy(2));
        boolean valid = hold.isValid();
        Throwable loss = catchThrowable(hold::ensureValid);
        assumeInTime(start);
        assertThat(valid).isTrue();
        assertThat(loss).isNull();
    }

    @Test
    @Promise(11)
    final void aHandleEndsWithItsLeaseThoughNoTimerRuns() throws InterruptedException {
        DistributedLock paused = closing(LockManager.builder(fixture().connect())
                .defaultOptions(brief())
                .time(fixture().ticker(), (task, delay) -> () -> {})
                .build());
        LockHandle hold = paused.acquire(resource, ALICE, Duration.ZERO);
        passALease();
        assertThat(hold.isValid()).isFalse();
        assertThat(hold.remaining()).isZero();
    }

    @Test
    @Promise(11)
    final void aLostHandleSaysSo() throws InterruptedException {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, brief());
        passALease();
        assertThat(hold.isValid()).isFalse();
        assertThat(hold.remaining()).isZero();
        assertThatThrownBy(hold::ensureValid).isInstanceOfSatisfying(LockLostException.class, lost -> {
            assertThat(lost.resource()).isEqualTo(resource);
            assertThat(lost.client()).isEqualTo(ALICE);
            assertThat(lost.fencingToken()).isEqualTo(hold.fencingToken());
        });
    }

    @Test
    @Promise(11)
    final void aListenerIsCalledOnce() throws InterruptedException {
        long start = fixture().ticker().read();
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, brief());
        AtomicInteger losses = countLosses(hold);
        int early = losses.get();
        assumeInTime(start);
        assertThat(early).isZero();
        passALease();
        assertThat(losses).hasValue(1);
        passALease();
        hold.close();
        assertThat(losses).hasValue(1);
    }

    @Test
    @Promise(11)
    final void aListenerThatComesLateIsCalledOnce() throws InterruptedException {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, brief());
        passALease();
        AtomicInteger losses = countLosses(hold);
        settle();
        assertThat(losses).hasValue(1);
        passALease();
        assertThat(losses).hasValue(1);
    }

    @Test
    @Promise(11)
    final void aListenerThatThrowsKeepsNoOtherFromRunning() throws InterruptedException {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, brief());
        hold.onLost(lost -> {
            throw new IllegalStateException("a listener failed, as this test wants it");
        });
        AtomicInteger losses = countLosses(hold);
        passALease();
        assertThat(losses).hasValue(1);
    }

    @Test
    @Promise(11)
    final void aReleaseIsNoLoss() throws InterruptedException {
        long start = fixture().ticker().read();
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, brief());
        AtomicInteger losses = countLosses(hold);
        hold.close();
        assumeInTime(start);
        hold.onLost(lost -> losses.incrementAndGet());
        passALease();
        assertThat(losses).hasValue(0);
        assertThatThrownBy(hold::ensureValid).isInstanceOf(LockLostException.class);
    }

    @Test
    @Promise(11)
    final void anOperatorsReleaseIsNoticedAtTheNextHeartbeat() throws InterruptedException {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        AtomicInteger losses = countLosses(hold);
        peer().release(HoldRef.ofClient(resource, ALICE));
        pass(lease().dividedBy(2).plus(fixture().slack()));
        given(peer().look().isEmpty(), 8, "a heartbeat revives what was released");
        assertThat(hold.isValid()).isFalse();
        assertThat(losses).hasValue(1);
    }

    @Test
    @Promise(11)
    final void aHandleEndsWithItsLeaseWhenTheBackendIsSilent() throws InterruptedException {
        givenExclusion();
        FaultyBackend silent = faulty();
        long start = fixture().ticker().read();
        LockHandle hold = locks(silent).acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        AtomicInteger losses = countLosses(hold);
        silent.failAll(Command.RENEW, Fault.REFUSED);
        assertNobodyGetsInWhile(start, hold::isValid);
        passALease();
        assertThat(hold.isValid()).isFalse();
        assertThat(losses).hasValue(1);
    }

    @Test
    @Promise(11)
    final void aHandleEndsWithItsLeaseWhileTheStoreIsPausedAndStaysLost() throws InterruptedException {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        AtomicInteger losses = countLosses(hold);
        pauseStore();
        passALease();
        assertThat(hold.isValid()).isFalse();
        assertThat(hold.remaining()).isZero();
        resumeStore();
        settle();
        assertThat(hold.isValid()).isFalse();
        assertThat(losses).hasValue(1);
    }

    @Test
    @Promise(11)
    final void nobodyGetsInWhileAHandleIsValidAfterAPauseOfTheStore() throws InterruptedException {
        givenExclusion();
        long start = fixture().ticker().read();
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, brief());
        pauseStore();
        pass(lease().dividedBy(2));
        resumeStore();
        assertNobodyGetsInWhile(start, hold::isValid);
    }

    @Test
    @Promise(11)
    final void aLostHandleStaysLostWhenALateAnswerComes() throws InterruptedException {
        FaultyBackend slow = faulty();
        LockHandle hold = locks(slow).acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        slow.failAll(Command.RENEW, Fault.REPLY_HELD);
        AtomicInteger losses = countLosses(hold);
        passALease();
        assertThat(hold.isValid()).isFalse();
        slow.heal();
        slow.letRepliesPass();
        settle();
        assertThat(hold.isValid()).isFalse();
        assertThat(losses).hasValue(1);
    }

    /** Counts how often a listener is called, from now on. */
    private static AtomicInteger countLosses(LockHandle hold) {
        AtomicInteger losses = new AtomicInteger();
        hold.onLost(lost -> losses.incrementAndGet());
        return losses;
    }

    /** Has another client try until it gets in, and watches whether a hold, begun after this moment, is valid then. */
    private void assertNobodyGetsInWhile(long start, BooleanSupplier valid) {
        Peer other = peer();
        for (int i = 0; i <= STEPS; i++) {
            boolean gotIn = other.tryOnce(DAVE) instanceof Grant;
            // Asked after the other client got in, so that it is for the lock to have ended before.
            boolean both = gotIn && valid.getAsBoolean();
            given(!both || passedSince(start).compareTo(lease()) >= 0, 3, "a hold ends before its lease does");
            assertThat(both).as("two valid holders").isFalse();
            if (gotIn) {
                return;
            }
            pass(lease().dividedBy(STEPS));
        }
    }
}
