package io.holdfast.core;

import static io.holdfast.core.ManagerRig.ANSWER_TIMEOUT;
import static io.holdfast.core.ManagerRig.LEASE;
import static io.holdfast.core.ManagerRig.MANUAL;
import static io.holdfast.core.ManagerRig.RESOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.core.ScriptedBackend.Asked;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How holds are given back, and how the backend is asked about resources. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("FutureReturnValueIgnored") // because tests look at what the backend was asked
class LockManagerReleaseTest {
    private final ManagerRig rig = new ManagerRig();

    @Test
    void closeReleasesTheHoldByItsToken() {
        rig.backend.releases.always(hold -> true);
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.close();
        HoldRef ref = rig.backend.releases.take().argument();
        assertThat(ref.resource()).isEqualTo(RESOURCE);
        assertThat(ref.client()).isEqualTo("a");
        assertThat(ref.token()).isEqualTo(5);
        rig.assertNothingIsLeft();
    }

    @Test
    void holdIsInvalidFromTheCallOn() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        CompletableFuture<Boolean> released = hold.releaseAsync();
        assertThat(released).isNotDone();
        assertThat(hold.isValid()).isFalse();
        assertThat(hold.remaining()).isZero();
        rig.backend.releases.take().reply(true);
        assertThat(released).isCompletedWithValue(true);
    }

    @Test
    void secondReleaseAsksNobody() throws Exception {
        rig.backend.releases.always(hold -> true);
        LockHandle hold = rig.hold("a", 5, MANUAL);
        assertThat(hold.releaseAsync()).isCompletedWithValue(true);
        rig.backend.releases.skip();
        assertThat(hold.releaseAsync()).isCompletedWithValue(false);
        hold.close();
        Caller<Boolean> other = Caller.of(hold::close);
        assertThat(other.result()).isTrue();
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void secondReleaseDoesNotWaitForTheFirst() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.releaseAsync();
        hold.close();
        assertThat(hold.releaseAsync()).isCompletedWithValue(false);
        assertThat(rig.backend.releases.skip()).isEqualTo(1);
    }

    @Test
    void releaseAfterTheLossAsksNobody() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.advance(LEASE);
        rig.backend.withdrawals.skip();
        assertThat(hold.releaseAsync()).isCompletedWithValue(false);
        hold.close();
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void holdThatWasGoneAlreadyIsToldApart() {
        rig.backend.releases.always(hold -> false);
        LockHandle hold = rig.hold("a", 5, MANUAL);
        assertThat(hold.releaseAsync()).isCompletedWithValue(false);
        rig.assertNothingIsLeft();
    }

    @Test
    void blockingCloseWaitsForTheAnswer() throws Exception {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        Caller<Boolean> caller = Caller.of(hold::close).untilBlocked();
        assertThat(caller.isDone()).isFalse();
        rig.backend.releases.take().reply(true);
        assertThat(caller.result()).isTrue();
        rig.assertNothingIsLeft();
    }

    @Test
    void interruptNeitherEndsNorOutlivesACloseThatWaits() throws Exception {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        Caller<Boolean> caller = Caller.of(hold::close).untilBlocked();
        caller.interruptAndLetItWaitOn();
        rig.backend.releases.take().reply(true);
        assertThat(caller.result()).isTrue();
        assertThat(caller.interruptedAfterwards()).isTrue();
    }

    @Test
    void interruptedThreadReleasesAllTheSame() {
        rig.backend.releases.always(hold -> true);
        LockHandle hold = rig.hold("a", 5, MANUAL);
        Thread.currentThread().interrupt();
        hold.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(rig.backend.releases.waiting()).isEqualTo(1);
    }

    @Test
    void closeThrowsNothingWhenTheBackendFailsAndTriesAgain() {
        rig.backend.releases.behave(
                hold -> CompletableFuture.failedFuture(LockBackendException.outcomeUnknown("connection lost", null)));
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.close();
        assertThat(rig.backend.releases.skip()).isEqualTo(1);
        rig.backend.releases.always(ref -> true);
        rig.advance(ANSWER_TIMEOUT);
        assertThat(rig.backend.releases.take().argument().token()).isEqualTo(5);
        rig.assertNothingIsLeft();
        rig.advance(LEASE);
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void closeThrowsNothingWhenTheBackendThrows() {
        rig.backend.releases.behave(hold -> {
            throw new IllegalStateException("broken");
        });
        rig.hold("a", 5, MANUAL).close();
        assertThat(rig.backend.releases.waiting()).isEqualTo(1);
    }

    @Test
    void releaseThatIsNeverAnsweredIsTriedAgainUntilTheLeaseIsOver() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.advance(Duration.ofSeconds(10));
        hold.releaseAsync();
        rig.advance(LEASE.minusNanos(1));
        assertThat(rig.backend.releases.skip()).isBetween(20, 40);
        assertThat(rig.manager.size()).isPositive();
        try (LogCapture log = new LogCapture(LockManager.class)) {
            rig.advance(ANSWER_TIMEOUT);
            assertThat(log.at(Level.WARN)).hasSize(1);
        }
        rig.backend.releases.skip();
        rig.assertNothingIsLeft();
        rig.advance(LEASE);
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void releaseToASilentBackendFailsAfterTheAnswerTimeout() {
        CompletableFuture<Boolean> released = rig.hold("a", 5, MANUAL).releaseAsync();
        rig.advance(ANSWER_TIMEOUT.minusNanos(1));
        assertThat(released).isNotDone();
        rig.advance(Duration.ofNanos(1));
        assertThat(released)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isFalse())
                .withMessageContaining("release");
    }

    @Test
    void answerToAnEarlierTryEndsTheTrying() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.releaseAsync();
        Asked<HoldRef, Boolean> first = rig.backend.releases.take();
        rig.advance(Duration.ofSeconds(3));
        assertThat(rig.backend.releases.skip()).isPositive();
        first.reply(true);
        rig.assertNothingIsLeft();
        rig.advance(LEASE);
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void whatACallerDoesToItsFutureDoesNotReachTheRelease() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.releaseAsync().cancel(false);
        rig.backend.releases.take().reply(true);
        rig.assertNothingIsLeft();
    }

    @Test
    void releaseByNameMeansTheHandlesHold() {
        rig.backend.releases.always(hold -> true);
        LockHandle hold = rig.hold("a", 5, MANUAL);
        assertThat(rig.manager.release(RESOURCE, "a")).isTrue();
        assertThat(rig.backend.releases.take().argument().token()).isEqualTo(5);
        assertThat(hold.isValid()).isFalse();
        rig.backend.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void releaseByNameReachesAHoldOfAnotherProcess() {
        LockHandle own = rig.hold("a", 5, MANUAL);
        rig.backend.releases.always(hold -> true);
        assertThat(rig.manager.release(RESOURCE, "b")).isTrue();
        HoldRef ref = rig.backend.releases.take().argument();
        assertThat(ref.client()).isEqualTo("b");
        assertThat(ref.token()).isEqualTo(HoldRef.ANY_TOKEN);
        assertThat(own.isValid()).isTrue();
    }

    @Test
    void releaseByNameGoesOnToWhateverHoldTheClientHasElsewhere() {
        rig.hold("a", 5, MANUAL);
        rig.backend.releases.always(hold -> hold.token() == HoldRef.ANY_TOKEN);
        assertThat(rig.manager.release(RESOURCE, "a")).isTrue();
        assertThat(rig.backend.releases.skip()).isEqualTo(2);
        rig.assertNothingIsLeft();
    }

    @Test
    void releaseByNameOfNoHoldSaysSo() {
        rig.backend.releases.always(hold -> false);
        assertThat(rig.manager.release(RESOURCE, "a")).isFalse();
    }

    @Test
    void releaseByNameThrowsWhenTheBackendFails() {
        rig.backend.releases.behave(
                hold -> CompletableFuture.failedFuture(LockBackendException.notApplied("refused", null)));
        assertThatExceptionOfType(LockBackendException.class)
                .isThrownBy(() -> rig.manager.release(RESOURCE, "a"))
                .withMessage("refused")
                .satisfies(failure -> assertThat(failure.outcomeKnown()).isTrue());
        rig.hold("a", 5, MANUAL);
        assertThatExceptionOfType(LockBackendException.class).isThrownBy(() -> rig.manager.release(RESOURCE, "a"));
    }

    @Test
    void releaseByNameFromASilentBackendFailsAfterTheAnswerTimeout() throws Exception {
        Caller<Boolean> caller =
                Caller.of(() -> rig.manager.release(RESOURCE, "a")).untilBlocked();
        rig.advance(ANSWER_TIMEOUT);
        assertThat(caller.failure())
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isFalse());
        rig.assertNothingIsLeft();
    }

    @Test
    void inspectTellsWhatTheBackendSays() {
        rig.backend.inspections.always(resource -> Optional.of(ManagerRig.held("b")));
        assertThat(rig.manager.inspect(RESOURCE)).contains(ManagerRig.held("b"));
        assertThat(rig.backend.inspections.take().argument()).isEqualTo(RESOURCE);
        rig.assertNothingIsLeft();
    }

    @Test
    void inspectThrowsWhenTheBackendFails() {
        rig.backend.inspections.behave(resource -> {
            throw new IllegalStateException("broken");
        });
        assertThatExceptionOfType(LockBackendException.class)
                .isThrownBy(() -> rig.manager.inspect(RESOURCE))
                .withCauseInstanceOf(IllegalStateException.class);
        rig.assertNothingIsLeft();
    }

    @Test
    void inspectOfASilentBackendFailsAfterTheAnswerTimeoutAndNotBefore() throws Exception {
        Caller<Optional<LockInfo>> caller =
                Caller.of(() -> rig.manager.inspect(RESOURCE)).untilBlocked();
        rig.advance(ANSWER_TIMEOUT.minusNanos(1));
        assertThat(caller.isDone()).isFalse();
        rig.advance(Duration.ofNanos(1));
        assertThat(caller.failure())
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("scripted")
                .hasMessageContaining("inspect");
        rig.assertNothingIsLeft();
    }

    @Test
    void releaseThatFailsIsTriedAgainAfterATenthOfAShortLease() {
        rig.backend.releases.behave(
                hold -> CompletableFuture.failedFuture(LockBackendException.outcomeUnknown("lost", null)));
        rig.hold("a", 5, MANUAL.withLease(Duration.ofMillis(900))).close();
        rig.backend.releases.skip();
        rig.advance(Duration.ofMillis(89));
        assertThat(rig.backend.releases.skip()).isZero();
        rig.advance(Duration.ofMillis(1));
        assertThat(rig.backend.releases.skip()).isEqualTo(1);
    }

    @Test
    void releaseThatIsHeldUpBeforeItIsSentIsNotGivenUp() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        List<Integer> sentByTheTimer = new ArrayList<>();
        rig.backend.releases.behave(ref -> {
            // Here the releasing thread stands still, before its command is on its way, for longer than the lease.
            rig.backend.releases.hesitate();
            rig.advance(LEASE);
            sentByTheTimer.add(rig.backend.releases.skip() - 1);
            assertThat(rig.manager.size()).isPositive();
            return new CompletableFuture<>();
        });
        hold.releaseAsync();
        assertThat(sentByTheTimer).containsExactly(1);
        rig.advance(LEASE.minus(ANSWER_TIMEOUT));
        assertThat(rig.manager.size())
                .as("a full lease from when it was certainly sent")
                .isPositive();
        rig.backend.releases.always(ref -> true);
        rig.advance(ANSWER_TIMEOUT);
        rig.assertNothingIsLeft();
    }

    @Test
    void acquireThatMeetsAReleaseWhichIsHeldUpIsNotGivenTheHold() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        List<CompletableFuture<LockHandle>> asked = new ArrayList<>();
        rig.backend.releases.behave(ref -> {
            asked.add(rig.ask("a", LEASE));
            Asked<AcquireRequest, AcquireReply> acquire = rig.backend.acquires.take();
            acquire.reply(ManagerRig.grant(acquire.argument(), 5));
            return sent;
        });
        hold.releaseAsync();
        assertThat(asked.get(0)).isNotDone();
        sent.complete(true);
        Asked<AcquireRequest, AcquireReply> again = rig.backend.acquires.take();
        again.reply(ManagerRig.grant(again.argument(), 6));
        assertThat(asked.get(0).join().fencingToken()).isEqualTo(6);
    }
}
