package io.holdfast.core;

import static io.holdfast.core.ManagerRig.ANSWER_TIMEOUT;
import static io.holdfast.core.ManagerRig.LEASE;
import static io.holdfast.core.ManagerRig.held;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockBackendException;
import io.holdfast.LockClosedException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockTimeoutException;
import io.holdfast.core.ManagerRig.Waiting;
import io.holdfast.core.ScriptedBackend.Asked;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How requests are taken back from a backend that doesn't answer as it should. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockManagerWithdrawalTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final ManagerRig rig = new ManagerRig();

    private void failAllWithdrawals() {
        rig.backend.withdrawals.behave(request ->
                CompletableFuture.failedFuture(LockBackendException.outcomeUnknown("connection lost", null)));
    }

    @Test
    void withdrawalThatFailsIsTriedAgainSoonAndThenLessOften() {
        List<Duration> tries = new ArrayList<>();
        Waiting waiting = rig.queue("a", WAIT);
        rig.backend.withdrawals.behave(request -> {
            tries.add(rig.elapsed());
            return CompletableFuture.failedFuture(LockBackendException.outcomeUnknown("connection lost", null));
        });
        waiting.result().cancel(false);
        rig.advance(Duration.ofSeconds(4));
        assertThat(tries).startsWith(Duration.ZERO, Duration.ofMillis(2), Duration.ofMillis(6), Duration.ofMillis(14));
        assertThat(tries).hasSizeBetween(10, 15);
        assertThat(rig.manager.size()).isPositive();
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.advance(ANSWER_TIMEOUT);
        rig.assertNothingIsLeft();
    }

    @Test
    void withdrawalThatIsNotAnsweredIsTriedAgainAfterTheAnswerTimeout() {
        Waiting waiting = rig.queue("a", WAIT);
        waiting.result().cancel(false);
        Asked<AcquireRequest, Optional<LockInfo>> first = rig.backend.withdrawals.take();
        rig.advance(ANSWER_TIMEOUT.minusNanos(1));
        assertThat(rig.backend.withdrawals.waiting()).isZero();
        rig.advance(Duration.ofNanos(1));
        assertThat(rig.backend.withdrawals.take().argument()).isEqualTo(first.argument());
        assertThat(rig.manager.size()).isPositive();
        first.reply(Optional.empty());
        rig.assertNothingIsLeft();
        rig.advance(LEASE);
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void withdrawalIsGivenUpWhenNothingCanBeLeftOfTheRequest() {
        failAllWithdrawals();
        Waiting waiting = rig.queue("a", WAIT);
        waiting.result().cancel(false);
        rig.advance(WAIT.plus(LEASE).minusNanos(1));
        assertThat(rig.manager.size()).isPositive();
        rig.advance(ANSWER_TIMEOUT);
        rig.assertNothingIsLeft();
        rig.backend.withdrawals.skip();
        rig.advance(LEASE);
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void leaseCountsFromTheWithdrawalWhenTheWaitIsOver() {
        failAllWithdrawals();
        rig.backend.acquires.behave(
                request -> CompletableFuture.failedFuture(LockBackendException.outcomeUnknown("lost", null)));
        assertThat(rig.ask("a", Duration.ZERO)).isCompletedExceptionally();
        rig.advance(LEASE.minusNanos(1));
        assertThat(rig.manager.size()).isPositive();
        rig.advance(ANSWER_TIMEOUT);
        rig.assertNothingIsLeft();
    }

    @Test
    void timeoutWhoseWithdrawalIsNotAnsweredIsABackendFailure() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(WAIT.plus(ANSWER_TIMEOUT).minusNanos(1));
        assertThat(waiting.result()).isNotDone();
        rig.advance(Duration.ofNanos(1));
        assertFailed(waiting.result(), LockBackendException.class);
    }

    @Test
    void timeoutWhoseWithdrawalFailsIsABackendFailure() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(WAIT);
        rig.backend.withdrawals.take().fail(LockBackendException.outcomeUnknown("connection lost", null));
        assertFailed(waiting.result(), LockBackendException.class);
    }

    @Test
    void closeDuringTheWithdrawalOfATimeoutIsToldAsSuch() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(WAIT);
        rig.backend.withdrawals.skip();
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.manager.close();
        assertFailed(waiting.result(), LockClosedException.class);
    }

    @Test
    void timeoutDoesNotNameTheClientItselfAsTheOneInTheWay() {
        Waiting waiting = rig.queue("a", WAIT);
        rig.advance(WAIT);
        rig.backend.withdrawals.take().reply(Optional.of(held("a")));
        assertThat(waiting.result().handle((hold, failure) -> failure).join())
                .isInstanceOfSatisfying(
                        LockTimeoutException.class,
                        timeout -> assertThat(timeout.holder()).isEmpty());
    }

    @Test
    void requestThatItsWithdrawalHasOvertakenIsWithdrawnOnceMore() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        CompletableFuture<LockHandle> result = rig.ask("a", WAIT);
        result.cancel(false);
        assertThat(rig.backend.withdrawals.skip()).isEqualTo(1);
        rig.backend.acquires.take().reply(new AcquireReply.Queued(held("b"), new CompletableFuture<>()));
        assertThat(rig.backend.withdrawals.skip()).isEqualTo(1);
        rig.assertNothingIsLeft();
    }

    @Test
    void backendThatThrowsIsTriedAgain() {
        rig.backend.withdrawals.behave(request -> {
            throw new IllegalStateException("broken");
        });
        Waiting waiting = rig.queue("a", WAIT);
        waiting.result().cancel(false);
        assertThat(rig.manager.size()).isPositive();
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.advance(ANSWER_TIMEOUT);
        assertThat(rig.backend.withdrawals.skip()).isEqualTo(2);
        rig.assertNothingIsLeft();
    }

    private static void assertFailed(CompletableFuture<?> result, Class<? extends Exception> kind) {
        assertThat(result)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(kind);
    }
}
