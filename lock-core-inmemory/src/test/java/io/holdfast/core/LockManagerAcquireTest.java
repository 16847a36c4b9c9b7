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
import io.holdfast.LockTimeoutException;
import io.holdfast.core.ManagerRig.Waiting;
import io.holdfast.core.ScriptedBackend.Asked;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of an acquire while the backend answers as it should, or says that it can't. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("FutureReturnValueIgnored") // because tests look at what the backend was asked, too
class LockManagerAcquireTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final ManagerRig rig = new ManagerRig();

    @Test
    void requestSaysWhatWasAskedFor() {
        rig.advance(Duration.ofSeconds(3));
        rig.ask("a", WAIT);
        AcquireRequest request = rig.backend.acquires.take().argument();
        assertThat(request.resource()).isEqualTo(RESOURCE);
        assertThat(request.client()).isEqualTo("a");
        assertThat(request.leaseMillis()).isEqualTo(LEASE.toMillis());
        assertThat(request.waitNanos()).isEqualTo(WAIT.toNanos());
        assertThat(request.startedAt()).isEqualTo(rig.time.read());
    }

    @Test
    void grantedHoldIsHandedOut() {
        LockHandle hold = rig.hold("a", 11, MANUAL);
        assertThat(hold.resource()).isEqualTo(RESOURCE);
        assertThat(hold.client()).isEqualTo("a");
        assertThat(hold.fencingToken()).isEqualTo(11);
        assertThat(hold.lease()).isEqualTo(LEASE);
        assertThat(hold.remaining()).isEqualTo(LEASE);
        assertThat(hold.isValid()).isTrue();
        hold.ensureValid();
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void answerThatIsThereAtOnceMakesAFutureThatIsDone() {
        rig.backend.acquires.always(request -> ManagerRig.grant(request, 1));
        assertThat(rig.ask("a", Duration.ZERO)).isCompleted();
    }

    @Test
    void blockingAcquireReturnsWhenGranted() throws Exception {
        Caller<LockHandle> caller = Caller.of(() -> rig.manager.acquire(RESOURCE, "a", WAIT));
        Asked<AcquireRequest, AcquireReply> asked = rig.backend.acquires.take();
        asked.reply(ManagerRig.grant(asked.argument(), 3));
        assertThat(caller.result().fencingToken()).isEqualTo(3);
        assertThat(caller.interruptedAfterwards()).isFalse();
    }

    @Test
    void heldResourceIsATimeoutThatNamesTheHolder() throws Exception {
        rig.backend.acquires.always(request -> new AcquireReply.Held(held("b")));
        assertThatExceptionOfType(LockTimeoutException.class)
                .isThrownBy(() -> rig.manager.acquire(RESOURCE, "a", Duration.ZERO))
                .satisfies(timeout -> assertThat(timeout.holder()).contains(held("b")));
        assertThat(rig.manager.tryAcquire(RESOURCE, "a")).isEmpty();
        assertThat(rig.ask("a", Duration.ZERO)).isCompletedExceptionally();
        rig.assertNothingIsLeft();
        assertThat(rig.backend.withdrawals.waiting()).isZero();
    }

    @Test
    void heldResourceThatIsToldLaterIsATimeoutToo() {
        CompletableFuture<LockHandle> result = rig.ask("a", Duration.ZERO);
        rig.backend.acquires.take().reply(new AcquireReply.Held(held("b")));
        assertThat(failureOf(result))
                .isInstanceOfSatisfying(
                        LockTimeoutException.class,
                        timeout -> assertThat(timeout.holder()).contains(held("b")));
        rig.backend.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void queuedRequestIsGrantedInItsTurn() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(Duration.ofSeconds(4));
        waiting.grant(5);
        assertThat(waiting.result().join().fencingToken()).isEqualTo(5);
        rig.backend.releases.always(hold -> true);
        waiting.result().join().close();
        rig.backend.releases.take();
        rig.advance(LEASE);
        rig.backend.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void requestThatTheBackendDropsTimesOut() {
        Waiting waiting = rig.queue("a", WAIT);
        waiting.turn().complete(Optional.empty());
        assertThat(failureOf(waiting.result())).isInstanceOfSatisfying(LockTimeoutException.class, timeout -> {
            assertThat(timeout.holder()).contains(held("other"));
            assertThat(timeout.timeout()).isEqualTo(WAIT);
            assertThat(timeout.client()).isEqualTo("a");
        });
        rig.backend.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void waitEndsAtItsTimeoutAndNotBefore() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(WAIT.minusNanos(1));
        assertThat(waiting.result()).isNotDone();
        assertThat(rig.backend.withdrawals.waiting()).isZero();
        rig.advance(Duration.ofNanos(1));
        Asked<AcquireRequest, ?> withdrawal = rig.backend.withdrawals.take();
        assertThat(withdrawal.argument()).isEqualTo(waiting.request());
    }

    @Test
    void timeoutNamesWhoHoldsTheResourceWhenItsWithdrawalIsAnswered() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(WAIT);
        rig.backend.withdrawals.take().reply(Optional.of(held("c")));
        assertThat(failureOf(waiting.result()))
                .isInstanceOfSatisfying(
                        LockTimeoutException.class,
                        timeout -> assertThat(timeout.holder()).contains(held("c")));
        rig.assertNothingIsLeft();
    }

    @Test
    void timeoutNamesTheLastKnownHolderWhenTheResourceHasBecomeFreeMeanwhile() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(WAIT);
        rig.backend.withdrawals.take().reply(Optional.empty());
        assertThat(failureOf(waiting.result()))
                .isInstanceOfSatisfying(
                        LockTimeoutException.class,
                        timeout -> assertThat(timeout.holder()).contains(held("other")));
    }

    @Test
    void blockingTryAcquireReturnsNothingAfterItsTimeout() throws Exception {
        rig.backend.withdrawals.always(request -> Optional.empty());
        Caller<Optional<LockHandle>> caller = Caller.of(() -> rig.manager.tryAcquire(RESOURCE, "a", WAIT));
        rig.backend.acquires.take().reply(new AcquireReply.Queued(held("b"), new CompletableFuture<>()));
        caller.untilBlocked();
        rig.advance(WAIT);
        assertThat(caller.result()).isEmpty();
    }

    @Test
    void failureThatChangedNothingNeedsNoWithdrawal() {
        CompletableFuture<LockHandle> result = rig.ask("a", WAIT);
        rig.backend.acquires.take().fail(LockBackendException.notApplied("refused", null));
        assertThat(failureOf(result)).hasMessage("refused");
        rig.backend.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void failureOfUnknownOutcomeIsWithdrawn() {
        CompletableFuture<LockHandle> result = rig.ask("a", WAIT);
        Asked<AcquireRequest, AcquireReply> asked = rig.backend.acquires.take();
        asked.fail(LockBackendException.outcomeUnknown("connection lost", null));
        assertThat(failureOf(result)).hasMessage("connection lost");
        Asked<AcquireRequest, Optional<io.holdfast.LockInfo>> withdrawal = rig.backend.withdrawals.take();
        assertThat(withdrawal.argument()).isEqualTo(asked.argument());
        withdrawal.reply(Optional.empty());
        rig.assertNothingIsLeft();
    }

    @Test
    void failureInTheQueueEndsTheWaitAndTakesTheRequestBack() {
        Waiting waiting = rig.queue("a", WAIT);
        waiting.turn().completeExceptionally(LockBackendException.notApplied("connection lost", null));
        assertThat(failureOf(waiting.result())).hasMessage("connection lost");
        rig.backend.withdrawals.take().reply(Optional.empty());
        rig.backend.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void failureOfAnotherKindBecomesTheCauseOfABackendFailure() {
        IOException broken = new IOException("reset");
        CompletableFuture<LockHandle> result = rig.ask("a", WAIT);
        rig.backend.acquires.take().fail(new CompletionException(broken));
        assertThat(failureOf(result))
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isFalse())
                .hasCause(broken)
                .hasMessageContaining("scripted");
    }

    @Test
    void blockingCallThrowsWithItsOwnStackAndTheStoresCause() throws Exception {
        IOException broken = new IOException("reset");
        Caller<LockHandle> caller = Caller.of(() -> rig.manager.acquire(RESOURCE, "a", WAIT));
        Asked<AcquireRequest, AcquireReply> asked = rig.backend.acquires.take();
        caller.untilBlocked();
        asked.fail(LockBackendException.notApplied("refused", broken));
        assertThat(caller.failure())
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isTrue())
                .hasMessage("refused")
                .hasCause(broken)
                .satisfies(failure -> assertThat(failure.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("acquire")));
    }

    @Test
    void backendThatThrowsIsABackendThatFails() {
        rig.backend.acquires.behave(request -> {
            throw new IllegalStateException("broken");
        });
        rig.backend.withdrawals.always(request -> Optional.empty());
        assertThatExceptionOfType(LockBackendException.class)
                .isThrownBy(() -> rig.manager.acquire(RESOURCE, "a", WAIT))
                .withRootCauseInstanceOf(IllegalStateException.class)
                .satisfies(failure -> assertThat(failure.outcomeKnown()).isFalse());
        assertThat(rig.backend.withdrawals.waiting()).isEqualTo(1);
        rig.assertNothingIsLeft();
    }

    @Test
    void backendThatReturnsNothingIsABackendThatFails() {
        rig.backend.acquires.behave(request -> null);
        assertThatExceptionOfType(LockBackendException.class)
                .isThrownBy(() -> rig.manager.acquire(RESOURCE, "a", WAIT));
    }

    @Test
    void silentBackendFailsASingleTryAfterTheAnswerTimeout() {
        assertSilenceFailsAfter(Duration.ZERO, ANSWER_TIMEOUT);
    }

    @Test
    void silentBackendFailsAShortWaitAfterTheAnswerTimeout() {
        assertSilenceFailsAfter(Duration.ofMillis(100), ANSWER_TIMEOUT);
    }

    @Test
    void silentBackendFailsALongWaitAfterThatWait() {
        assertSilenceFailsAfter(WAIT, WAIT);
    }

    private void assertSilenceFailsAfter(Duration wait, Duration expected) {
        CompletableFuture<LockHandle> result = rig.ask("a", wait);
        rig.advance(expected.minusNanos(1));
        assertThat(result).isNotDone();
        rig.advance(Duration.ofNanos(1));
        assertThat(failureOf(result))
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isFalse())
                .hasMessageContaining("did not answer");
        rig.backend.withdrawals.take().reply(Optional.empty());
        rig.assertNothingIsLeft();
    }

    @Test
    void answerThatComesAfterTheWaitButInTimeStillSaysThatTheResourceWasHeld() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        CompletableFuture<LockHandle> result = rig.ask("a", Duration.ofMillis(100));
        rig.advance(Duration.ofMillis(500));
        assertThat(result).isNotDone();
        rig.backend.acquires.take().reply(new AcquireReply.Queued(held("b"), new CompletableFuture<>()));
        rig.advance(Duration.ZERO);
        assertThat(failureOf(result)).isInstanceOf(LockTimeoutException.class);
        rig.assertNothingIsLeft();
    }

    private static Throwable failureOf(CompletableFuture<?> result) {
        assertThat(result).isCompletedExceptionally();
        return result.handle((value, failure) -> failure).join();
    }

    @Test
    void failureAfterTheEndOfTheWaitIsOfNoAccount() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(WAIT);
        waiting.turn().completeExceptionally(LockBackendException.outcomeUnknown("connection lost", null));
        assertThat(waiting.result()).isNotDone();
        rig.backend.withdrawals.take().reply(Optional.of(held("b")));
        assertThat(failureOf(waiting.result())).isInstanceOf(LockTimeoutException.class);
        rig.backend.assertNothingMoreWasAsked();
    }
}
