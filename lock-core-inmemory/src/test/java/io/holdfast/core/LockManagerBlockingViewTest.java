package io.holdfast.core;

import static io.holdfast.core.ManagerRig.ANSWER_TIMEOUT;
import static io.holdfast.core.ManagerRig.LEASE;
import static io.holdfast.core.ManagerRig.MANUAL;
import static io.holdfast.core.ManagerRig.RESOURCE;
import static io.holdfast.core.ManagerRig.held;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockBackendException;
import io.holdfast.LockClosedException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.LockTimeoutException;
import io.holdfast.core.ScriptedBackend.Asked;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a backend is used that has a view for callers who wait, and what may happen while one of them is in a call. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("FutureReturnValueIgnored") // because tests look at what the backend was asked
class LockManagerBlockingViewTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final ScriptedBackend plain = new ScriptedBackend();
    private final ScriptedBackend view = plain.withView();
    private final ManagerRig rig = new ManagerRig(plain, Runnable::run);
    private final LockManager manager = rig.manager;

    private Caller<LockHandle> acquire(Duration wait) {
        return Caller.of(() -> manager.acquire(RESOURCE, "a", wait, MANUAL));
    }

    private LockHandle hold(LockOptions options) throws Exception {
        view.acquires.always(request -> ManagerRig.grant(request, 5));
        LockHandle hold = manager.acquire(RESOURCE, "a", WAIT, options);
        view.acquires.skip();
        return hold;
    }

    @Test
    void callersWhoWaitUseTheView() throws Exception {
        LockHandle hold = hold(MANUAL);
        view.renewals.always(rig::allRenewedNow);
        view.inspections.always(resource -> Optional.of(held("a")));
        view.releases.always(ref -> true);
        assertThat(hold.heartbeat()).isTrue();
        assertThat(manager.heartbeat(RESOURCE, "a")).isTrue();
        assertThat(manager.inspect(RESOURCE)).isPresent();
        hold.close();
        assertThat(manager.release(RESOURCE, "a")).isTrue();
        assertThat(view.renewals.skip()).isEqualTo(2);
        assertThat(view.inspections.skip()).isEqualTo(1);
        assertThat(view.releases.skip()).isEqualTo(2);
        assertThat(manager.tryAcquire(RESOURCE, "a")).isPresent();
        assertThat(view.acquires.skip()).isEqualTo(1);
        assertThat(manager.release(RESOURCE, "a")).isTrue();
        plain.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void callersWhoDoNotWaitUseTheBackendItself() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.releaseAsync();
        plain.releases.take().reply(true);
        view.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void timersUseTheBackendItself() throws Exception {
        hold(LockOptions.defaults());
        rig.advance(LEASE.dividedBy(3));
        plain.renewals.take().reply(List.of(rig.renewedNow()));
        rig.advance(LEASE.dividedBy(3));
        rig.advance(LEASE);
        assertThat(plain.renewals.skip()).isPositive();
        assertThat(plain.withdrawals.skip()).isPositive();
        view.assertNothingMoreWasAsked();
    }

    @Test
    void closingManagerUsesTheBackendItself() throws Exception {
        hold(MANUAL);
        plain.releases.always(ref -> true);
        manager.close();
        assertThat(plain.releases.skip()).isEqualTo(1);
        assertThat(plain.closes).hasValue(1);
        assertThat(view.closes).hasValue(0);
        view.assertNothingMoreWasAsked();
    }

    @Test
    void releaseThatFailsIsTriedAgainByTheBackendItself() throws Exception {
        LockHandle hold = hold(MANUAL);
        view.releases.behave(ref -> CompletableFuture.failedFuture(LockBackendException.outcomeUnknown("lost", null)));
        hold.close();
        view.releases.skip();
        plain.releases.always(ref -> true);
        rig.advance(ANSWER_TIMEOUT);
        assertThat(plain.releases.skip()).isEqualTo(1);
        view.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void heldResourceIsATimeoutThatNamesTheHolder() throws Exception {
        view.acquires.always(request -> new AcquireReply.Held(held("b")));
        assertThat(acquire(Duration.ZERO).failure())
                .isInstanceOfSatisfying(
                        LockTimeoutException.class,
                        timeout -> assertThat(timeout.holder()).contains(held("b")));
        assertThat(manager.tryAcquire(RESOURCE, "a")).isEmpty();
        plain.assertNothingMoreWasAsked();
        rig.assertNothingIsLeft();
    }

    @Test
    void queuedCallerIsGrantedInItsTurn() throws Exception {
        CompletableFuture<Optional<Grant>> turn = new CompletableFuture<>();
        view.acquires.always(request -> new AcquireReply.Queued(held("b"), turn));
        Caller<LockHandle> caller = acquire(WAIT).untilBlocked();
        turn.complete(Optional.of(ManagerRig.grant(view.acquires.take().argument(), 7)));
        assertThat(caller.result().fencingToken()).isEqualTo(7);
        plain.assertNothingMoreWasAsked();
    }

    @Test
    void viewNeedNotKnowTheAnswerWhenItsCallReturns() throws Exception {
        Caller<LockHandle> caller = acquire(WAIT);
        Asked<AcquireRequest, AcquireReply> asked = view.acquires.take();
        caller.untilBlocked();
        asked.reply(ManagerRig.grant(asked.argument(), 7));
        assertThat(caller.result().isValid()).isTrue();
    }

    @Test
    void grantThatComesBackAfterTheCallersTimeIsNotHandedOut() throws Exception {
        view.acquires.keepCallers();
        plain.withdrawals.always(request -> Optional.empty());
        Caller<LockHandle> caller = acquire(Duration.ZERO);
        Asked<AcquireRequest, AcquireReply> asked = view.acquires.take();
        rig.advance(ANSWER_TIMEOUT);
        asked.reply(ManagerRig.grant(asked.argument(), 7));
        assertThat(caller.failure())
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isFalse())
                .hasMessageContaining("did not answer");
        // Once when the time was over, and once more in case that came before the request.
        assertThat(plain.withdrawals.skip()).isEqualTo(2);
        rig.assertNothingIsLeft();
    }

    @Test
    void grantWhoseLeaseIsOverWhenTheCallReturnsIsAskedForAgain() throws Exception {
        view.acquires.keepCallers();
        Caller<LockHandle> caller =
                Caller.of(() -> manager.acquire(RESOURCE, "a", WAIT, MANUAL.withLease(Duration.ofMillis(100))));
        Asked<AcquireRequest, AcquireReply> asked = view.acquires.take();
        rig.advance(Duration.ofMillis(200));
        asked.reply(ManagerRig.grant(asked.argument(), 7));
        Asked<AcquireRequest, AcquireReply> again = plain.acquires.take();
        assertThat(again.argument().id()).isEqualTo(asked.argument().id());
        again.reply(ManagerRig.grant(again.argument(), 7));
        assertThat(caller.result().isValid()).isTrue();
    }

    @Test
    void interruptDuringTheCallTakesTheGrantBack() throws Exception {
        view.acquires.keepCallers();
        plain.withdrawals.always(request -> Optional.empty());
        Caller<LockHandle> caller = acquire(WAIT);
        Asked<AcquireRequest, AcquireReply> asked = view.acquires.take();
        caller.interrupt();
        asked.reply(ManagerRig.grant(asked.argument(), 7));
        assertThat(caller.failure()).isInstanceOf(InterruptedException.class);
        assertThat(plain.withdrawals.take().argument().id())
                .isEqualTo(asked.argument().id());
        rig.assertNothingIsLeft();
    }

    @Test
    void interruptDuringTheReleaseStaysSet() throws Exception {
        LockHandle hold = hold(MANUAL);
        view.releases.keepCallers();
        Caller<Boolean> caller = Caller.of(hold::close);
        Asked<HoldRef, Boolean> asked = view.releases.take();
        caller.interrupt();
        asked.reply(true);
        assertThat(caller.result()).isTrue();
        assertThat(caller.interruptedAfterwards()).isTrue();
        rig.assertNothingIsLeft();
    }

    @Test
    void callThatIsUnderWayKeepsNobodyElseWaiting() throws Exception {
        view.acquires.keepCallers();
        Caller<LockHandle> caller = acquire(WAIT);
        Asked<AcquireRequest, AcquireReply> asked = view.acquires.take();
        LockHandle other = rig.hold("other", "b", 3, MANUAL);
        CompletableFuture<LockHandle> same = rig.ask("c", Duration.ZERO);
        plain.acquires.take().reply(new AcquireReply.Held(held("d")));
        assertThat(same).isCompletedExceptionally();
        other.releaseAsync();
        plain.releases.take().reply(true);
        asked.reply(ManagerRig.grant(asked.argument(), 7));
        assertThat(caller.result().isValid()).isTrue();
    }

    @Test
    void releaseThatIsUnderWayKeepsNobodyElseWaiting() throws Exception {
        LockHandle hold = hold(MANUAL);
        view.releases.keepCallers();
        Caller<Boolean> caller = Caller.of(hold::close);
        Asked<HoldRef, Boolean> asked = view.releases.take();
        assertThat(hold.isValid()).isFalse();
        assertThat(hold.releaseAsync()).isCompletedWithValue(false);
        CompletableFuture<LockHandle> next = rig.ask("b", WAIT);
        Asked<AcquireRequest, AcquireReply> acquire = plain.acquires.take();
        acquire.reply(ManagerRig.grant(acquire.argument(), 6));
        assertThat(next.join().isValid()).isTrue();
        asked.reply(true);
        assertThat(caller.result()).isTrue();
        assertThat(next.join().isValid()).isTrue();
    }

    @Test
    void renewalThatIsDueDuringTheReleaseMayReleaseInItsPlace() throws Exception {
        LockHandle hold = hold(LockOptions.defaults());
        view.releases.keepCallers();
        Caller<Boolean> caller = Caller.of(hold::close);
        Asked<HoldRef, Boolean> asked = view.releases.take();
        rig.advance(LEASE.dividedBy(3));
        assertThat(plain.releases.take().argument().token()).isEqualTo(5);
        asked.reply(true);
        assertThat(caller.result()).isTrue();
        rig.assertNothingIsLeft();
        rig.advance(LEASE);
        plain.assertNothingMoreWasAsked();
    }

    @Test
    void heartbeatThatIsAnsweredAfterTheLeaseRevivesNothing() throws Exception {
        LockHandle hold = hold(MANUAL);
        view.renewals.keepCallers();
        plain.withdrawals.always(request -> Optional.empty());
        Caller<Boolean> caller = Caller.of(() -> hold.heartbeat());
        Asked<List<? extends HoldRef>, List<RenewOutcome>> asked = view.renewals.take();
        rig.advance(LEASE);
        assertThat(hold.isValid()).isFalse();
        asked.reply(List.of(rig.renewedNow()));
        assertThat(caller.result()).isFalse();
        assertThat(hold.isValid()).isFalse();
    }

    @Test
    void closeTakesBackWhatACallThatIsUnderWayIsGranted() throws Exception {
        view.acquires.keepCallers();
        plain.releases.always(ref -> true);
        Caller<LockHandle> caller = acquire(WAIT);
        Asked<AcquireRequest, AcquireReply> asked = view.acquires.take();
        Caller<Boolean> closer = Caller.of(manager::close);
        ManagerRig.await(manager::isClosed);
        asked.reply(ManagerRig.grant(asked.argument(), 7));
        assertThat(closer.result()).isTrue();
        assertThat(caller.result().isValid()).isFalse();
        assertThat(plain.releases.take().argument().token()).isEqualTo(7);
    }

    @Test
    void closeWaitsForManyCallsTogetherNoLongerThanForOne() throws Exception {
        Duration patience = Duration.ofMillis(200);
        ScriptedBackend silent = new ScriptedBackend();
        ScriptedBackend silentView = silent.withView();
        silentView.acquires.keepCallers();
        silent.withdrawals.always(request -> Optional.empty());
        LockManager busy = LockManager.builder(silent)
                .time(rig.time, rig.time)
                .answerTimeout(patience)
                .build();
        List<Caller<LockHandle>> callers = IntStream.range(0, 100)
                .mapToObj(i -> Caller.of(() -> busy.acquire("resource " + i, "a", WAIT)))
                .toList();
        List<Asked<AcquireRequest, AcquireReply>> calls =
                callers.stream().map(caller -> silentView.acquires.take()).toList();
        long begun = System.nanoTime();
        busy.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(patience.multipliedBy(50));
        assertThat(silent.withdrawals.skip()).isEqualTo(100);
        calls.forEach(call -> call.fail(LockBackendException.outcomeUnknown("closed", null)));
        for (Caller<LockHandle> caller : callers) {
            assertThat(caller.failure()).isInstanceOf(LockClosedException.class);
        }
    }

    @Test
    void handleThatIsBeingClosedDoesNotKeepItsManagerFromClosing() throws Exception {
        LockHandle hold = hold(MANUAL);
        view.releases.keepCallers();
        plain.releases.always(ref -> false);
        Caller<Boolean> caller = Caller.of(hold::close);
        Asked<HoldRef, Boolean> asked = view.releases.take();
        manager.close();
        assertThat(plain.releases.skip()).isEqualTo(1);
        assertThat(caller.isDone()).isFalse();
        asked.fail(LockBackendException.outcomeUnknown("closed", null));
        assertThat(caller.result()).isTrue();
    }

    @Test
    void callAfterTheCloseAsksNobody() throws Exception {
        manager.close();
        assertThat(acquire(WAIT).failure()).isInstanceOf(LockClosedException.class);
        view.assertNothingMoreWasAsked();
        plain.assertNothingMoreWasAsked();
    }
}
