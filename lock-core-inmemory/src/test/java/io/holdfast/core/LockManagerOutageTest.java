package io.holdfast.core;

import static io.holdfast.core.ManagerRig.ANSWER_TIMEOUT;
import static io.holdfast.core.ManagerRig.MANUAL;
import static io.holdfast.core.ManagerRig.RESOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.core.ScriptedBackend.Asked;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a manager goes on to end what it has begun, while the backend can't be reached. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("FutureReturnValueIgnored") // because tests look at what the backend was asked
class LockManagerOutageTest {
    private static final Duration SHORT = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final LockOptions SHORTLY = MANUAL.withLease(SHORT);
    private static final LockOptions AT_LENGTH = MANUAL.withLease(LONG);

    private final ManagerRig rig = new ManagerRig();
    private final LockHandle hold = rig.hold("a", 5, SHORTLY);

    private static <R> CompletionStage<R> unreachable(Object argument) {
        return CompletableFuture.failedFuture(
                LockBackendException.outcomeUnknown("can't be reached for " + argument, null));
    }

    private void cutTheConnection() {
        rig.backend.withdrawals.behave(LockManagerOutageTest::unreachable);
        rig.backend.releases.behave(LockManagerOutageTest::unreachable);
    }

    private void mendTheConnection() {
        rig.backend.withdrawals.skip();
        rig.backend.releases.skip();
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.backend.releases.always(ref -> true);
    }

    /** The client asks again with a longer lease, and gives up before it is answered. */
    private Asked<AcquireRequest, AcquireReply> askInVain(String client) {
        CompletableFuture<LockHandle> again = rig.manager.acquireAsync(RESOURCE, client, Duration.ZERO, AT_LENGTH);
        Asked<AcquireRequest, AcquireReply> asked = rig.backend.acquires.take();
        again.cancel(false);
        return asked;
    }

    private void assertReleaseIsTriedFor(Duration expected) {
        rig.advance(expected.minus(ANSWER_TIMEOUT));
        assertThat(rig.manager.size()).isPositive();
        rig.advance(ANSWER_TIMEOUT.multipliedBy(2));
        rig.assertNothingIsLeft();
    }

    @Test
    void releaseIsTriedForTheLeaseOfTheHold() {
        cutTheConnection();
        hold.releaseAsync();
        assertReleaseIsTriedFor(SHORT);
    }

    @Test
    void releaseIsTriedForTheLongerLeaseOfARequestThatWasTakenBackBefore() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        askInVain("a");
        cutTheConnection();
        hold.releaseAsync();
        assertReleaseIsTriedFor(LONG);
    }

    @Test
    void releaseIsTriedForTheLongerLeaseOfARequestThatIsTakenBackMeanwhile() {
        cutTheConnection();
        hold.releaseAsync();
        rig.backend.withdrawals.always(request -> Optional.empty());
        askInVain("a");
        rig.backend.withdrawals.behave(LockManagerOutageTest::unreachable);
        assertReleaseIsTriedFor(LONG);
    }

    @Test
    void releaseIsTriedForAsLongAsARequestOfItsClientIsBeingTakenBack() {
        cutTheConnection();
        askInVain("a");
        hold.releaseAsync();
        rig.advance(LONG.minusSeconds(1));
        mendTheConnection();
        rig.advance(ANSWER_TIMEOUT);
        assertThat(rig.backend.releases.skip()).isEqualTo(1);
        rig.assertNothingIsLeft();
    }

    @Test
    void releaseIsNotTriedForTheSakeOfAnotherClientsRequest() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        askInVain("b");
        cutTheConnection();
        hold.releaseAsync();
        askInVain("c");
        rig.manager.acquireAsync(RESOURCE, "d", LONG, AT_LENGTH);
        rig.advance(SHORT.plus(ANSWER_TIMEOUT));
        rig.backend.releases.skip();
        rig.advance(SHORT);
        assertThat(rig.backend.releases.waiting()).isZero();
    }

    @Test
    void claimOfAHoldThatIsLostIsWithdrawnForTheLongerLeaseToo() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        askInVain("a");
        cutTheConnection();
        rig.advance(SHORT);
        assertThat(hold.isValid()).isFalse();
        assertReleaseIsTriedFor(LONG);
    }

    @Test
    void claimIsWithdrawnForAsLongAsARequestOfItsClientIsBeingTakenBack() {
        cutTheConnection();
        askInVain("a");
        rig.advance(SHORT);
        assertThat(hold.isValid()).isFalse();
        rig.advance(LONG.minus(SHORT).minusSeconds(2));
        mendTheConnection();
        rig.advance(ANSWER_TIMEOUT);
        assertThat(rig.backend.withdrawals.skip()).isEqualTo(2);
        rig.assertNothingIsLeft();
    }

    @Test
    void claimIsWithdrawnForTheLongerLeaseOfARequestThatIsTakenBackMeanwhile() {
        cutTheConnection();
        askInVain("a");
        rig.advance(SHORT);
        assertThat(hold.isValid()).isFalse();
        rig.backend.withdrawals.behave(request -> request.leaseMillis() == LONG.toMillis()
                ? CompletableFuture.completedFuture(Optional.empty())
                : unreachable(request));
        assertReleaseIsTriedFor(LONG.plus(ANSWER_TIMEOUT));
    }

    @Test
    void claimOfALostHoldIsWithdrawnForAsLongAsItsClientHasTheHoldAgain() {
        cutTheConnection();
        rig.advance(SHORT);
        assertThat(hold.isValid()).isFalse();
        rig.backend.renewals.always(rig::allRenewedNow);
        LockHandle again = rig.hold("a", 5, LockOptions.defaults());
        rig.advance(LONG);
        assertThat(again.isValid()).isTrue();
        mendTheConnection();
        rig.advance(ANSWER_TIMEOUT);
        assertThat(rig.backend.withdrawals.skip()).isEqualTo(1);
    }

    @Test
    void allIsGivenUpInTheEnd() {
        cutTheConnection();
        askInVain("a");
        askInVain("a");
        hold.releaseAsync();
        rig.advance(LONG.plus(ANSWER_TIMEOUT.multipliedBy(2)));
        rig.assertNothingIsLeft();
        rig.backend.withdrawals.skip();
        rig.backend.releases.skip();
        rig.advance(LONG);
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void releaseThatWaitsForAShorterLeaseIsNotPutOff() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.manager
                .acquireAsync(RESOURCE, "a", Duration.ZERO, MANUAL.withLease(Duration.ofMillis(1)))
                .cancel(false);
        cutTheConnection();
        hold.releaseAsync();
        assertReleaseIsTriedFor(SHORT);
    }

    @Test
    void closeFindsAWithdrawalThatIsAboutToBeTriedAgain() {
        cutTheConnection();
        askInVain("b");
        askInVain("c");
        rig.backend.withdrawals.skip();
        AtomicInteger confirmed = new AtomicInteger();
        rig.backend.withdrawals.behave(request -> {
            // Both are due: while the first is sent, the second is off the wheel and hasn't run.
            rig.backend.withdrawals.behave(again -> {
                confirmed.incrementAndGet();
                return CompletableFuture.completedFuture(Optional.empty());
            });
            rig.backend.releases.always((HoldRef ref) -> true);
            rig.manager.close();
            assertThat(confirmed).hasValue(2);
            return CompletableFuture.completedFuture(Optional.empty());
        });
        rig.advance(ANSWER_TIMEOUT);
        assertThat(confirmed).hasValueGreaterThanOrEqualTo(2);
    }
}
