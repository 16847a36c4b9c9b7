package io.holdfast.core;

import static io.holdfast.core.ManagerRig.LEASE;
import static io.holdfast.core.ManagerRig.MANUAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.core.ScriptedBackend.Asked;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How holds are kept alive, and when they are lost. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("FutureReturnValueIgnored") // because tests look at what the backend was asked
class LockManagerRenewalTest {
    private static final LockOptions AUTO = LockOptions.defaults();
    private static final Duration THIRD = LEASE.dividedBy(3);
    /** Renewals may come early, so that several go out together: by less than this. */
    private static final Duration EARLIER = LEASE.dividedBy(24);

    private final ManagerRig rig = new ManagerRig();

    @BeforeEach
    void letLostHoldsBeWithdrawn() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.backend.releases.always(hold -> true);
    }

    @Test
    void holdIsRenewedAtAThirdOfItsLease() {
        LockHandle hold = rig.hold("a", 5, AUTO);
        rig.advance(THIRD.minus(EARLIER));
        assertThat(rig.backend.renewals.waiting()).isZero();
        rig.advance(EARLIER);
        Asked<List<? extends HoldRef>, List<RenewOutcome>> asked = rig.backend.renewals.take();
        assertThat(asked.argument()).singleElement().satisfies(ref -> {
            assertThat(ref.resource()).isEqualTo(hold.resource());
            assertThat(ref.client()).isEqualTo("a");
            assertThat(ref.token()).isEqualTo(5);
        });
        asked.reply(List.of(rig.renewedNow()));
        assertThat(hold.remaining()).isEqualTo(LEASE);
    }

    @Test
    void holdLastsAsLongAsItsRenewalsSucceed() {
        rig.backend.renewals.always(rig::allRenewedNow);
        LockHandle hold = rig.hold("a", 5, AUTO);
        for (int i = 0; i < 100; i++) {
            rig.advance(LEASE);
            assertThat(hold.isValid()).isTrue();
        }
        assertThat(rig.backend.renewals.skip()).isBetween(300, 360);
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void holdsThatWereAcquiredAtAboutTheSameTimeAreRenewedInOneCall() {
        for (int i = 0; i < 50; i++) {
            rig.hold("resource " + i, "a", i + 1, AUTO);
            rig.advance(Duration.ofMillis(1));
        }
        rig.backend.renewals.always(rig::allRenewedNow);
        rig.advance(THIRD);
        List<List<? extends HoldRef>> calls = new ArrayList<>();
        while (rig.backend.renewals.waiting() > 0) {
            calls.add(rig.backend.renewals.take().argument());
        }
        assertThat(calls).hasSizeLessThanOrEqualTo(2);
        assertThat(calls.stream().mapToInt(List::size).sum()).isEqualTo(50);
    }

    @Test
    void holdThatIsNeverHandedOutEndsWithItsLease() {
        ManagerRig dropping = new ManagerRig(task -> {});
        dropping.backend.withdrawals.always(request -> Optional.empty());
        dropping.manager.acquireAsync("x", "a", Duration.ZERO, AUTO);
        Asked<AcquireRequest, AcquireReply> asked = dropping.backend.acquires.take();
        asked.reply(ManagerRig.grant(asked.argument(), 5));
        dropping.advance(LEASE);
        assertThat(dropping.backend.withdrawals.take().argument().id())
                .isEqualTo(asked.argument().id());
        dropping.backend.assertNothingMoreWasAsked();
        dropping.assertNothingIsLeft();
    }

    @Test
    void holdIsRenewedOnceItIsHandedOut() {
        List<Runnable> callbacks = new ArrayList<>();
        ManagerRig later = new ManagerRig(callbacks::add);
        CompletableFuture<LockHandle> result = later.manager.acquireAsync("x", "a", Duration.ZERO, AUTO);
        Asked<AcquireRequest, AcquireReply> asked = later.backend.acquires.take();
        asked.reply(ManagerRig.grant(asked.argument(), 5));
        later.advance(THIRD.multipliedBy(2));
        later.backend.assertNothingMoreWasAsked();
        callbacks.remove(0).run();
        later.backend.renewals.always(later::allRenewedNow);
        for (int i = 0; i < 10; i++) {
            later.advance(LEASE);
        }
        assertThat(result.join().isValid()).isTrue();
    }

    @Test
    void holdThatTheBackendDoesNotKnowIsLost() {
        LockHandle hold = rig.hold("a", 5, AUTO);
        rig.advance(THIRD);
        rig.backend.renewals.take().reply(List.of(new RenewOutcome.Lost()));
        assertThat(hold.isValid()).isFalse();
        assertThat(hold.remaining()).isZero();
        rig.assertNothingIsLeft();
        rig.advance(LEASE);
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void onlyTheHoldThatIsGoneIsLost() {
        LockHandle kept = rig.hold("x", "a", 5, AUTO);
        LockHandle gone = rig.hold("y", "a", 6, AUTO);
        rig.advance(THIRD);
        Asked<List<? extends HoldRef>, List<RenewOutcome>> asked = rig.backend.renewals.take();
        asked.reply(asked.argument().stream()
                .map(ref -> ref.token() == 6 ? new RenewOutcome.Lost() : rig.renewedNow())
                .toList());
        assertThat(kept.isValid()).isTrue();
        assertThat(gone.isValid()).isFalse();
    }

    @Test
    void renewalOfUnknownOutcomeIsTriedAgainWhileTheLeaseLasts() {
        LockBackendException trouble = LockBackendException.outcomeUnknown("connection lost", null);
        assertTriedAgain(call -> call.reply(List.of(new RenewOutcome.Unknown(trouble))));
    }

    @Test
    void renewalThatFailsIsTriedAgainWhileTheLeaseLasts() {
        assertTriedAgain(call -> call.fail(new IllegalStateException("broken")));
    }

    @Test
    void renewalThatIsNotAnsweredIsTriedAgainWhileTheLeaseLasts() {
        assertTriedAgain(call -> {});
    }

    @Test
    void renewalWithTooFewOutcomesIsTriedAgainWhileTheLeaseLasts() {
        assertTriedAgain(call -> call.reply(List.of()));
    }

    @Test
    void renewalWithTooManyOutcomesIsTriedAgainWhileTheLeaseLasts() {
        assertTriedAgain(call -> call.reply(List.of(new RenewOutcome.Lost(), new RenewOutcome.Lost())));
    }

    private interface Trouble {
        void happenTo(Asked<?, List<RenewOutcome>> call);
    }

    private void assertTriedAgain(Trouble trouble) {
        LockHandle hold = rig.hold("a", 5, AUTO);
        long end = rig.time.read() + LEASE.toNanos();
        rig.advance(THIRD);
        int tries = 0;
        while (rig.time.read() < end - Duration.ofSeconds(5).toNanos()) {
            if (rig.backend.renewals.waiting() > 0) {
                trouble.happenTo(rig.backend.renewals.take());
                tries++;
            }
            assertThat(hold.isValid()).isTrue();
            rig.advance(Duration.ofMillis(100));
        }
        assertThat(tries).isBetween(10, 20);
        rig.backend.renewals.skip();
        rig.backend.renewals.always(rig::allRenewedNow);
        rig.advance(Duration.ofSeconds(2));
        assertThat(hold.isValid()).isTrue();
        assertThat(hold.remaining()).isGreaterThan(LEASE.minus(Duration.ofSeconds(2)));
        assertThat(rig.backend.renewals.skip()).isEqualTo(1);
    }

    @Test
    void backendThatThrowsLosesNoHoldBeforeItsTime() {
        rig.backend.renewals.behave(holds -> {
            throw new IllegalStateException("broken");
        });
        LockHandle hold = rig.hold("a", 5, AUTO);
        rig.advance(LEASE.minusNanos(1));
        assertThat(hold.isValid()).isTrue();
    }

    @Test
    void holdWhoseRenewalsAllFailIsLostAtTheEndOfItsLeaseAndNotBefore() {
        AtomicLong lostAt = new AtomicLong(-1);
        LockHandle hold = rig.hold("a", 5, AUTO);
        hold.onLost(lost -> lostAt.set(rig.time.read()));
        rig.advance(LEASE.minusNanos(1));
        assertThat(hold.isValid()).isTrue();
        assertThat(hold.remaining()).isEqualTo(Duration.ofNanos(1));
        assertThat(lostAt).hasValue(-1);
        rig.advance(Duration.ofNanos(1));
        assertThat(hold.isValid()).isFalse();
        assertThat(lostAt).hasValue(LEASE.toNanos());
        rig.assertNothingIsLeft();
    }

    @Test
    void holdThatIsLostByTheClockGivesUpItsClaim() {
        rig.hold("a", 5, MANUAL);
        rig.advance(LEASE);
        assertThat(rig.backend.withdrawals.take().argument().client()).isEqualTo("a");
        rig.backend.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void holdWithoutAutoRenewalEndsWithItsLease() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.advance(LEASE.minusNanos(1));
        assertThat(hold.isValid()).isTrue();
        rig.advance(Duration.ofNanos(1));
        assertThat(hold.isValid()).isFalse();
        assertThat(rig.backend.renewals.waiting()).isZero();
    }

    @Test
    void holdEndsByTheClockEvenIfTheTimerIsLate() {
        AtomicLong skew = new AtomicLong();
        ManualTime time = new ManualTime();
        ScriptedBackend backend = new ScriptedBackend();
        backend.acquires.always(request -> ManagerRig.grant(request, 5));
        backend.withdrawals.always(request -> Optional.empty());
        LockManager manager = LockManager.builder(backend)
                .time(() -> time.read() + skew.get(), time)
                .callbackExecutor(Runnable::run)
                .build();
        LockHandle hold = manager.acquireAsync("r", "a", Duration.ZERO).join();
        time.advance(THIRD);
        Asked<List<? extends HoldRef>, List<RenewOutcome>> asked = backend.renewals.take();
        skew.set(LEASE.toNanos());
        assertThat(hold.isValid()).isFalse();
        asked.reply(List.of(new RenewOutcome.Renewed(Long.MAX_VALUE / 2)));
        assertThat(hold.isValid()).isFalse();
        assertThat(hold.remaining()).isZero();
    }

    @Test
    void renewalThatIsAnsweredAfterTheEndRevivesNothing() {
        LockHandle hold = rig.hold("a", 5, AUTO);
        rig.advance(THIRD);
        Asked<List<? extends HoldRef>, List<RenewOutcome>> asked = rig.backend.renewals.take();
        rig.advance(LEASE);
        asked.reply(List.of(rig.renewedNow()));
        assertThat(hold.isValid()).isFalse();
        rig.assertNothingIsLeft();
    }

    @Test
    void leaseIsNeverShortenedByAnAnswerThatComesOutOfOrder() {
        LockHandle hold = rig.hold("a", 5, AUTO);
        rig.advance(THIRD);
        rig.backend.renewals.take().reply(List.of(new RenewOutcome.Renewed(1)));
        assertThat(hold.remaining()).isEqualTo(LEASE.minus(THIRD));
    }

    @Test
    void releasedHoldIsRenewedNoMore() {
        LockHandle hold = rig.hold("a", 5, AUTO);
        hold.close();
        rig.backend.releases.skip();
        rig.advance(LEASE.multipliedBy(3));
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void renewalThatFindsAReleasedHoldGoneIsNoLoss() {
        AtomicLong losses = new AtomicLong();
        LockHandle hold = rig.hold("a", 5, AUTO);
        hold.onLost(lost -> losses.incrementAndGet());
        rig.advance(THIRD);
        Asked<List<? extends HoldRef>, List<RenewOutcome>> asked = rig.backend.renewals.take();
        rig.backend.releases.hesitate();
        CompletableFuture<Boolean> released = hold.releaseAsync();
        asked.reply(List.of(new RenewOutcome.Lost()));
        rig.backend.releases.take().reply(true);
        assertThat(released).isCompletedWithValue(true);
        assertThat(losses).hasValue(0);
        rig.assertNothingIsLeft();
    }

    @Test
    void renewedHoldIsReleasedByTheSameToken() {
        rig.backend.renewals.always(rig::allRenewedNow);
        LockHandle hold = rig.hold("a", 5, AUTO);
        rig.advance(LEASE.multipliedBy(2));
        hold.close();
        assertThat(rig.backend.releases.take().argument().token()).isEqualTo(5);
        rig.assertNothingIsLeft();
    }

    @Test
    void renewalOfAShortLeaseIsTriedAgainInTime() {
        rig.hold("a", 5, AUTO.withLease(Duration.ofMillis(900)));
        rig.advance(Duration.ofMillis(300));
        assertThat(rig.backend.renewals.skip()).isEqualTo(1);
        rig.advance(Duration.ofMillis(310));
        assertThat(rig.backend.renewals.skip()).isEqualTo(1);
        LockHandle failing = rig.hold("other", "a", 6, AUTO.withLease(Duration.ofMillis(900)));
        rig.backend.renewals.behave(holds -> CompletableFuture.failedFuture(new IllegalStateException("broken")));
        rig.advance(Duration.ofMillis(850));
        assertThat(failing.isValid()).isTrue();
        assertThat(rig.backend.renewals.skip()).isBetween(5, 10);
    }
}
