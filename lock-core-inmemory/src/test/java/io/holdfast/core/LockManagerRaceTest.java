package io.holdfast.core;

import static io.holdfast.core.ManagerRig.ANSWER_TIMEOUT;
import static io.holdfast.core.ManagerRig.LEASE;
import static io.holdfast.core.ManagerRig.MANUAL;
import static io.holdfast.core.ManagerRig.RESOURCE;
import static io.holdfast.core.ManagerRig.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockTimeoutException;
import io.holdfast.core.ManagerRig.Waiting;
import io.holdfast.core.ScriptedBackend.Asked;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of an acquire when two things happen at once. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("FutureReturnValueIgnored") // because tests look at what the backend was asked, too
class LockManagerRaceTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final ManagerRig rig = new ManagerRig();

    @Test
    void grantThatCrossesTheTimeoutIsWithdrawnAgain() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(WAIT);
        rig.backend.withdrawals.take().reply(Optional.of(held("other")));
        waiting.grant(5);
        assertThat(waiting.result())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(LockTimeoutException.class);
        assertThat(rig.backend.withdrawals.take().argument().id())
                .isEqualTo(waiting.request().id());
    }

    @Test
    void grantThatComesBeforeTheTimeoutsWithdrawalIsAnsweredIsNotHandedOut() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(WAIT);
        waiting.grant(5);
        assertThat(waiting.result()).isNotDone();
        rig.backend.withdrawals.take().reply(Optional.empty());
        rig.backend.withdrawals.take().reply(Optional.empty());
        assertThat(waiting.result()).isCompletedExceptionally();
        rig.assertNothingIsLeft();
    }

    @Test
    void firstAnswerThatCrossesTheTimeoutIsWithdrawnAgain() {
        CompletableFuture<LockHandle> result = rig.ask("a", Duration.ZERO);
        rig.advance(ANSWER_TIMEOUT);
        assertThat(result).isCompletedExceptionally();
        rig.backend.withdrawals.take().reply(Optional.empty());
        Asked<AcquireRequest, AcquireReply> asked = rig.backend.acquires.take();
        asked.reply(ManagerRig.grant(asked.argument(), 5));
        rig.backend.withdrawals.take().reply(Optional.empty());
        rig.assertNothingIsLeft();
    }

    @Test
    void cancelledRequestIsWithdrawn() {
        Waiting waiting = rig.queue("a", WAIT);
        waiting.result().cancel(false);
        Asked<AcquireRequest, Optional<LockInfo>> withdrawal = rig.backend.withdrawals.take();
        assertThat(withdrawal.argument()).isEqualTo(waiting.request());
        withdrawal.reply(Optional.empty());
        rig.assertNothingIsLeft();
        rig.advance(WAIT.plus(LEASE));
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void requestThatIsCancelledBeforeTheBackendAnswersIsWithdrawn() {
        CompletableFuture<LockHandle> result = rig.ask("a", WAIT);
        result.cancel(false);
        rig.backend.withdrawals.take().reply(Optional.empty());
        rig.backend.acquires.take().fail(LockBackendException.outcomeUnknown("connection lost", null));
        rig.backend.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void grantThatCrossesTheCancellationIsWithdrawnAgain() {
        Waiting waiting = rig.queue("a", WAIT);
        waiting.result().cancel(false);
        rig.backend.withdrawals.take().reply(Optional.empty());
        waiting.grant(5);
        rig.backend.withdrawals.take().reply(Optional.empty());
        rig.assertNothingIsLeft();
    }

    @Test
    void futureThatItsCallerCompletesInAnyWayIsWithdrawn() {
        Waiting waiting = rig.queue("a", WAIT);
        waiting.result().completeExceptionally(new TimeoutException());
        rig.backend.withdrawals.take().reply(Optional.empty());
        Waiting other = rig.queue("b", WAIT);
        other.result().complete(null);
        rig.backend.withdrawals.take().reply(Optional.empty());
        rig.assertNothingIsLeft();
    }

    @Test
    void grantOfACallerWhoLeavesBeforeItIsDeliveredIsTakenBack() {
        ManagerRig later = new ManagerRig(callbacks::add);
        Waiting waiting = later.queue("a", WAIT);
        waiting.grant(5);
        assertThat(waiting.result()).isNotDone();
        waiting.result().cancel(false);
        callbacks.remove().run();
        Asked<AcquireRequest, Optional<LockInfo>> withdrawal = later.backend.withdrawals.take();
        assertThat(withdrawal.argument().id()).isEqualTo(waiting.request().id());
        withdrawal.reply(Optional.empty());
        later.backend.assertNothingMoreWasAsked();
        later.assertNothingIsLeft();
    }

    @Test
    void cancellingAfterTheHoldWasHandedOutChangesNothing() {
        Waiting waiting = rig.queue("a", WAIT);
        waiting.grant(5);
        assertThat(waiting.result().cancel(false)).isFalse();
        assertThat(waiting.result().join().isValid()).isTrue();
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void interruptBeforeTheCallSendsNothing() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> rig.manager.acquire(RESOURCE, "a", WAIT));
        assertThat(Thread.interrupted()).isFalse();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> rig.manager.tryAcquire(RESOURCE, "a"));
        assertThat(Thread.interrupted()).isFalse();
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void interruptedWaitIsWithdrawnBeforeItReturns() throws Exception {
        Caller<LockHandle> caller = Caller.of(() -> rig.manager.acquire(RESOURCE, "a", WAIT));
        rig.backend.acquires.take().reply(new AcquireReply.Queued(held("b"), new CompletableFuture<>()));
        caller.untilBlocked().interrupt();
        Asked<AcquireRequest, Optional<LockInfo>> withdrawal = rig.backend.withdrawals.take();
        assertThat(caller.isDone()).isFalse();
        withdrawal.reply(Optional.empty());
        assertThat(caller.failure()).isInstanceOf(InterruptedException.class);
        assertThat(caller.interruptedAfterwards()).isFalse();
        rig.assertNothingIsLeft();
    }

    @Test
    void interruptedCallerIsNotKeptByASilentBackend() throws Exception {
        Caller<LockHandle> caller = Caller.of(() -> rig.manager.acquire(RESOURCE, "a", WAIT));
        Asked<AcquireRequest, AcquireReply> asked = rig.backend.acquires.take();
        caller.untilBlocked().interrupt();
        rig.backend.withdrawals.take();
        caller.untilBlocked();
        rig.advance(ANSWER_TIMEOUT);
        assertThat(caller.failure()).isInstanceOf(InterruptedException.class);
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.advance(ANSWER_TIMEOUT);
        rig.assertNothingIsLeft();
        rig.backend.withdrawals.skip();
        asked.reply(ManagerRig.grant(asked.argument(), 5));
        assertThat(rig.backend.withdrawals.skip()).isEqualTo(1);
        rig.assertNothingIsLeft();
    }

    @Test
    void grantWhoseLeaseIsOverOnArrivalIsAskedForAgain() {
        Waiting waiting = rig.queue("a", Duration.ofSeconds(60));
        AcquireRequest first = waiting.request();
        rig.advance(Duration.ofSeconds(40));
        waiting.turn().complete(Optional.of(rig.grantValidUntil(first, 5, rig.time.read())));
        Asked<AcquireRequest, AcquireReply> again = rig.backend.acquires.take();
        assertThat(again.argument().id()).isEqualTo(first.id());
        assertThat(again.argument().startedAt()).isEqualTo(rig.time.read());
        assertThat(again.argument().waitNanos())
                .isEqualTo(Duration.ofSeconds(20).toNanos());
        again.reply(ManagerRig.grant(again.argument(), 6));
        assertThat(waiting.result().join().fencingToken()).isEqualTo(6);
        assertThat(waiting.result().join().isValid()).isTrue();
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void grantThatAnswersTheSecondAskingAtOnceIsKept() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.backend.acquires.always(request -> ManagerRig.grant(request, 6));
        waiting.turn().complete(Optional.of(rig.grantValidUntil(waiting.request(), 5, rig.time.read())));
        assertThat(waiting.result().join().isValid()).isTrue();
        assertThat(rig.backend.acquires.skip()).isEqualTo(1);
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void secondGrantThatIsOverOnArrivalFailsClearly() {
        Waiting waiting = rig.queue("a", WAIT);
        waiting.turn().complete(Optional.of(rig.grantValidUntil(waiting.request(), 5, rig.time.read())));
        Asked<AcquireRequest, AcquireReply> again = rig.backend.acquires.take();
        again.reply(rig.grantValidUntil(again.argument(), 6, rig.time.read() - 1));
        assertThat(waiting.result())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(LockBackendException.class)
                .withMessageContaining(RESOURCE)
                .withMessageContaining("PT30S");
        rig.backend.withdrawals.take().reply(Optional.empty());
        rig.assertNothingIsLeft();
    }

    @Test
    void requestThatIsGivenUpWhileItIsSentAgainIsWithdrawnAfterwards() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.backend.acquires.behave(request -> {
            waiting.result().cancel(false);
            return new CompletableFuture<>();
        });
        waiting.turn().complete(Optional.of(rig.grantValidUntil(waiting.request(), 5, rig.time.read())));
        assertThat(rig.backend.withdrawals.skip()).isEqualTo(2);
        rig.assertNothingIsLeft();
    }

    @Test
    void acquireThatOvertakesTheReleaseOfItsClientsHoldWaitsForThatRelease() {
        LockHandle old = rig.hold("a", 5, MANUAL);
        old.releaseAsync();
        Asked<HoldRef, Boolean> release = rig.backend.releases.take();
        CompletableFuture<LockHandle> result = rig.ask("a", WAIT);
        Asked<AcquireRequest, AcquireReply> overtaking = rig.backend.acquires.take();
        overtaking.reply(ManagerRig.grant(overtaking.argument(), 5));
        assertThat(result).isNotDone();
        rig.backend.assertNothingMoreWasAsked();

        release.reply(true);
        Asked<AcquireRequest, AcquireReply> again = rig.backend.acquires.take();
        assertThat(again.argument().id()).isEqualTo(overtaking.argument().id());
        again.reply(ManagerRig.grant(again.argument(), 6));
        assertThat(result.join().fencingToken()).isEqualTo(6);
        assertThat(result.join().isValid()).isTrue();
        assertThat(old.isValid()).isFalse();
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void overtakingAcquireThatIsGrantedAtOnceAfterTheReleaseIsKept() {
        LockHandle old = rig.hold("a", 5, MANUAL);
        old.releaseAsync();
        rig.backend.acquires.always(request -> ManagerRig.grant(request, 5));
        CompletableFuture<LockHandle> result = rig.ask("a", WAIT);
        rig.backend.acquires.always(request -> ManagerRig.grant(request, 6));
        rig.backend.releases.take().reply(true);
        assertThat(result.join().fencingToken()).isEqualTo(6);
        rig.advance(Duration.ofSeconds(1));
        assertThat(rig.backend.withdrawals.waiting()).isZero();
    }

    @Test
    void overtakingAcquireTimesOutWhenTheReleaseIsNotAnswered() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.hold("a", 5, MANUAL).releaseAsync();
        rig.backend.acquires.always(request -> ManagerRig.grant(request, 5));
        CompletableFuture<LockHandle> result = rig.ask("a", WAIT);
        rig.advance(WAIT.minusNanos(1));
        assertThat(result).isNotDone();
        rig.advance(Duration.ofNanos(1));
        assertThat(result).isCompletedExceptionally();
        assertThat(rig.backend.acquires.skip()).isEqualTo(1);
        rig.advance(LEASE);
        rig.assertNothingIsLeft();
    }

    @Test
    void newerHoldEndsTheOlderOneThatTheManagerStillHas() {
        LockHandle older = rig.hold("a", 5, MANUAL);
        LockHandle newer = rig.hold("b", 6, MANUAL);
        assertThat(older.isValid()).isFalse();
        assertThat(newer.isValid()).isTrue();
        newer.releaseAsync();
        rig.backend.releases.take().reply(true);
        rig.assertNothingIsLeft();
    }

    @Test
    void handleWhoseLastUserHasLeftIsGivenToNobodyElse() {
        ManagerRig later = new ManagerRig(callbacks::add);
        Waiting left = later.queue("a", WAIT);
        left.grant(5);
        left.result().cancel(false);
        List<CompletableFuture<LockHandle>> others = new ArrayList<>();
        later.backend.withdrawals.behave(request -> {
            // The claim is being given up: a request of the same client meets the hold that is about to end.
            later.backend.withdrawals.always(again -> Optional.empty());
            later.backend.acquires.always(again -> ManagerRig.grant(again, 5));
            others.add(later.ask("a", WAIT));
            return CompletableFuture.completedFuture(Optional.empty());
        });
        callbacks.remove().run();
        LockHandle other = others.get(0).join();
        assertThat(other.isValid()).isTrue();
        assertThat(later.manager.size()).as("the other's handle is still known").isPositive();
        later.backend.releases.always(ref -> true);
        other.close();
        assertThat(later.backend.releases.take().argument().token()).isEqualTo(5);
        later.assertNothingIsLeft();
    }

    @Test
    void interruptDuringTheUndoingOfAnInterruptedWaitStaysSet() throws Exception {
        Caller<LockHandle> caller = Caller.of(() -> rig.manager.acquire(RESOURCE, "a", WAIT));
        rig.backend.acquires.take().reply(new AcquireReply.Queued(held("b"), new CompletableFuture<>()));
        caller.untilBlocked().interrupt();
        Asked<AcquireRequest, Optional<LockInfo>> withdrawal = rig.backend.withdrawals.take();
        caller.untilBlocked().interruptAndLetItWaitOn();
        withdrawal.reply(Optional.empty());
        assertThat(caller.failure()).isInstanceOf(InterruptedException.class);
        assertThat(caller.interruptedAfterwards()).isTrue();
        rig.assertNothingIsLeft();
    }
}
