package io.holdfast.core;

import static io.holdfast.core.ManagerRig.LEASE;
import static io.holdfast.core.ManagerRig.MANUAL;
import static io.holdfast.core.ManagerRig.RESOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.core.ManagerRig.Waiting;
import io.holdfast.core.ScriptedBackend.Asked;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What several requests of one client for one resource have in common, and which answers are too old to be believed. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("FutureReturnValueIgnored") // because tests look at what the backend was asked
class LockManagerSharingTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final ManagerRig rig = new ManagerRig();

    @Test
    void clientThatAcquiresAgainGetsTheSameHandle() {
        LockHandle first = rig.hold("a", 5, MANUAL);
        rig.advance(Duration.ofSeconds(10));
        LockHandle second = rig.hold("a", 5, MANUAL);
        assertThat(second).isSameAs(first);
        assertThat(first.remaining()).isEqualTo(LEASE);
    }

    @Test
    void secondRequestsClaimIsGivenUpSinceTheHandleHasOne() {
        rig.hold("a", 5, MANUAL);
        CompletableFuture<LockHandle> again = rig.ask("a", Duration.ZERO);
        Asked<AcquireRequest, AcquireReply> asked = rig.backend.acquires.take();
        asked.reply(ManagerRig.grant(asked.argument(), 5));
        assertThat(again).isCompleted();
        assertThat(rig.backend.withdrawals.take().argument().id())
                .isEqualTo(asked.argument().id());
    }

    @Test
    void firstCloseReleasesForAll() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.backend.releases.always(hold -> true);
        LockHandle first = rig.hold("a", 5, MANUAL);
        LockHandle second = rig.hold("a", 5, MANUAL);
        first.close();
        assertThat(second.isValid()).isFalse();
        second.close();
        assertThat(rig.backend.releases.waiting()).isEqualTo(1);
        rig.assertNothingIsLeft();
    }

    @Test
    void autoRenewalIsOnIfAnyOfTheRequestsAskedForIt() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.backend.renewals.always(rig::allRenewedNow);
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.hold("a", 5, LockOptions.defaults());
        rig.hold("a", 5, MANUAL);
        rig.advance(LEASE.multipliedBy(2));
        assertThat(hold.isValid()).isTrue();
    }

    @Test
    void longerLeaseOfALaterRequestCounts() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.hold("a", 5, MANUAL.withLease(LEASE.multipliedBy(2)));
        assertThat(hold.lease()).isEqualTo(LEASE.multipliedBy(2));
        assertThat(hold.remaining()).isEqualTo(LEASE.multipliedBy(2));
        rig.advance(LEASE.multipliedBy(2).minusNanos(1));
        assertThat(hold.isValid()).isTrue();
    }

    @Test
    void handleStaysWhenOneOfTwoCallersHasLeft() {
        ManagerRig later = new ManagerRig(callbacks::add);
        later.backend.withdrawals.always(request -> Optional.empty());
        Waiting leaving = later.queue("a", WAIT);
        Waiting staying = later.queue("a", WAIT);
        leaving.grant(5);
        staying.grant(5);
        leaving.result().cancel(false);
        callbacks.forEach(Runnable::run);
        assertThat(staying.result().join().isValid()).isTrue();
        assertThat(later.backend.releases.waiting()).isZero();
        assertThat(later.backend.withdrawals.skip()).as("the second claim only").isEqualTo(1);
    }

    @Test
    void handleIsTakenBackWhenAllCallersHaveLeft() {
        ManagerRig later = new ManagerRig(callbacks::add);
        later.backend.withdrawals.always(request -> Optional.empty());
        Waiting one = later.queue("a", WAIT);
        Waiting two = later.queue("a", WAIT);
        one.grant(5);
        two.grant(5);
        one.result().cancel(false);
        two.result().cancel(false);
        callbacks.forEach(Runnable::run);
        assertThat(later.backend.withdrawals.skip()).isEqualTo(2);
        later.assertNothingIsLeft();
    }

    @Test
    void requestsOfOneClientHaveTheirOwnTimeouts() {
        rig.backend.withdrawals.always(request -> Optional.of(ManagerRig.held("other")));
        Waiting hasty = rig.queue("a", Duration.ofSeconds(1));
        Waiting patient = rig.queue("a", Duration.ofSeconds(9));
        rig.advance(Duration.ofSeconds(1));
        assertThat(hasty.result()).isCompletedExceptionally();
        assertThat(patient.result()).isNotDone();
        patient.grant(5);
        assertThat(patient.result()).isCompleted();
    }

    @Test
    void slowAnswerWithTheTokenOfAReleasedHoldIsNotBelieved() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        CompletableFuture<LockHandle> slow = rig.ask("a", WAIT);
        Asked<AcquireRequest, AcquireReply> slowAnswer = rig.backend.acquires.take();
        LockHandle quick = rig.hold("a", 5, MANUAL);
        rig.backend.releases.always(hold -> true);
        quick.close();
        slowAnswer.reply(ManagerRig.grant(slowAnswer.argument(), 5));
        assertThat(slow).isNotDone();
        Asked<AcquireRequest, AcquireReply> again = rig.backend.acquires.take();
        assertThat(again.argument().id()).isEqualTo(slowAnswer.argument().id());
        again.reply(ManagerRig.grant(again.argument(), 6));
        assertThat(slow.join().fencingToken()).isEqualTo(6);
    }

    @Test
    void slowAnswerDoesNotDisplaceTheNewerHoldOfAnotherClient() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        CompletableFuture<LockHandle> slow = rig.ask("a", WAIT);
        Asked<AcquireRequest, AcquireReply> slowAnswer = rig.backend.acquires.take();
        LockHandle newer = rig.hold("b", 6, MANUAL);
        slowAnswer.reply(ManagerRig.grant(slowAnswer.argument(), 5));
        assertThat(newer.isValid()).isTrue();
        assertThat(slow).isNotDone();
        rig.backend.acquires.take().reply(new AcquireReply.Held(ManagerRig.held("b")));
        assertThat(slow).isCompletedExceptionally();
    }

    @Test
    void slowAnswerWithTheTokenOfALostHoldIsNotBelieved() {
        CompletableFuture<LockHandle> slow = rig.ask("a", WAIT);
        Asked<AcquireRequest, AcquireReply> slowAnswer = rig.backend.acquires.take();
        rig.backend.withdrawals.always(request -> Optional.empty());
        LockHandle quick = rig.hold("a", 5, MANUAL);
        rig.backend.renewals.always(holds -> List.of(new RenewOutcome.Lost()));
        quick.heartbeat();
        slowAnswer.reply(ManagerRig.grant(slowAnswer.argument(), 5));
        assertThat(slow).isNotDone();
        assertThat(rig.backend.acquires.waiting()).isEqualTo(1);
    }

    @Test
    void answerToTheSecondAskingIsBelievedWhateverHasEndedElsewhere() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.backend.releases.always(hold -> true);
        CompletableFuture<LockHandle> waiting = rig.ask("a", WAIT);
        Asked<AcquireRequest, AcquireReply> asked = rig.backend.acquires.take();
        rig.hold("elsewhere", "z", 4, MANUAL).close();
        asked.reply(ManagerRig.grant(asked.argument(), 5));
        assertThat(waiting.join().fencingToken()).isEqualTo(5);
        assertThat(rig.backend.acquires.waiting()).isZero();
    }

    @Test
    void requestThatIsAlwaysAnsweredWithAnEndedHoldFailsInTheEnd() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.backend.releases.always(hold -> true);
        CompletableFuture<LockHandle> slow = rig.ask("a", WAIT);
        Asked<AcquireRequest, AcquireReply> slowAnswer = rig.backend.acquires.take();
        rig.hold("a", 5, MANUAL).close();
        rig.backend.acquires.always(request -> ManagerRig.grant(request, 5));
        slowAnswer.reply(ManagerRig.grant(slowAnswer.argument(), 5));
        assertThat(slow)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining(RESOURCE)
                .withMessageContaining("ended");
        rig.assertNothingIsLeft();
    }

    @Test
    void holdThatEndsDuringTheCallIsNotHandedOut() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.backend.releases.always(hold -> true);
        LockHandle quick = rig.hold("a", 5, MANUAL);
        rig.backend.acquires.behave(request -> {
            // The backend has answered with the hold, and then the hold is released, before the call returns.
            quick.close();
            rig.backend.acquires.always(again -> ManagerRig.grant(again, 6));
            return CompletableFuture.completedFuture(ManagerRig.grant(request, 5));
        });
        LockHandle hold = rig.ask("a", WAIT).join();
        assertThat(hold.fencingToken()).isEqualTo(6);
        assertThat(hold.isValid()).isTrue();
        assertThat(rig.backend.acquires.skip()).isEqualTo(2);
        assertThat(rig.backend.withdrawals.waiting()).isZero();
    }

    @Test
    void releaseIsTriedForAsLongAsAnOvertakingAcquireMayHaveLengthenedTheLease() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.hold("a", 5, MANUAL).releaseAsync();
        rig.manager.acquireAsync(RESOURCE, "a", WAIT, MANUAL.withLease(LEASE.multipliedBy(3)));
        Asked<AcquireRequest, AcquireReply> overtaking = rig.backend.acquires.take();
        overtaking.reply(ManagerRig.grant(overtaking.argument(), 5));
        rig.advance(LEASE.multipliedBy(2));
        rig.backend.releases.skip();
        rig.advance(Duration.ofSeconds(2));
        assertThat(rig.backend.releases.skip()).isPositive();
        // The acquire gave up when its wait was over, and may have lengthened the lease until then.
        rig.advance(LEASE.plus(WAIT));
        rig.assertNothingIsLeft();
    }

    @Test
    void releaseIsTriedForAsLongAsAnAcquireOfTheSameResourceIsUnanswered() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.hold("a", 5, MANUAL).releaseAsync();
        CompletableFuture<LockHandle> unanswered = rig.ask("a", LEASE.multipliedBy(2));
        rig.advance(LEASE.plus(Duration.ofSeconds(5)));
        rig.backend.releases.skip();
        rig.advance(Duration.ofSeconds(2));
        assertThat(rig.backend.releases.skip()).isPositive();
        unanswered.cancel(false);
        rig.advance(Duration.ofSeconds(2));
        rig.assertNothingIsLeft();
    }
}
