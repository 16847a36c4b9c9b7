package io.holdfast.core;

import static io.holdfast.core.ManagerRig.LEASE;
import static io.holdfast.core.ManagerRig.MANUAL;
import static io.holdfast.core.ManagerRig.RESOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import io.holdfast.LockBackendException;
import io.holdfast.LockClosedException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockTimeoutException;
import io.holdfast.core.ManagerRig.Waiting;
import io.holdfast.core.ScriptedBackend.Asked;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a manager ends. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("FutureReturnValueIgnored") // because tests look at what the backend was asked
class LockManagerCloseTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final ManagerRig rig = new ManagerRig();

    @Test
    void closeReleasesAllHolds() {
        rig.backend.releases.always(hold -> true);
        LockHandle one = rig.hold("x", "a", 5, MANUAL);
        LockHandle two = rig.hold("y", "b", 6, MANUAL);
        rig.manager.close();
        assertThat(one.isValid()).isFalse();
        assertThat(two.isValid()).isFalse();
        assertThat(rig.backend.releases.skip()).isEqualTo(2);
        assertThat(rig.backend.closes).hasValue(1);
    }

    @Test
    void closeWithdrawsAllWaitingRequests() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        Waiting queued = rig.queue("a", WAIT);
        CompletableFuture<LockHandle> unanswered = rig.ask("b", WAIT);
        rig.manager.close();
        assertClosed(queued.result());
        assertClosed(unanswered);
        assertThat(rig.backend.withdrawals.skip()).isEqualTo(2);
    }

    @Test
    void blockingCallerIsToldOfTheClose() throws Exception {
        rig.backend.withdrawals.always(request -> Optional.empty());
        Caller<LockHandle> caller = Caller.of(() -> rig.manager.acquire(RESOURCE, "a", WAIT));
        rig.backend.acquires.take();
        caller.untilBlocked();
        rig.manager.close();
        assertThat(caller.failure()).isInstanceOf(LockClosedException.class);
    }

    @Test
    void callThatWaitsForAnAnswerIsToldOfTheClose() throws Exception {
        Caller<Optional<LockInfo>> caller = Caller.of(() -> rig.manager.inspect(RESOURCE));
        rig.backend.inspections.take();
        caller.untilBlocked();
        rig.manager.close();
        assertThat(caller.failure()).isInstanceOf(LockClosedException.class);
    }

    @Test
    void callThatTheCloseCouldNotFindIsToldOfItAllTheSame() throws Exception {
        rig.backend.inspections.behave(resource -> {
            rig.manager.close();
            return new CompletableFuture<>();
        });
        Caller<Optional<LockInfo>> caller = Caller.of(() -> rig.manager.inspect("looked at by nobody before"));
        assertThat(caller.failure()).isInstanceOf(LockClosedException.class);
    }

    @Test
    void secondCloseDoesNothing() {
        rig.manager.close();
        rig.manager.close();
        assertThat(rig.backend.closes).hasValue(1);
    }

    @Test
    void closeWaitsForTheBackend() throws Exception {
        rig.hold("a", 5, MANUAL);
        Caller<Boolean> caller = Caller.of(rig.manager::close);
        Asked<HoldRef, Boolean> release = rig.backend.releases.take();
        assertThat(rig.backend.closes).hasValue(0);
        release.reply(true);
        assertThat(caller.result()).isTrue();
        assertThat(rig.backend.closes).hasValue(1);
    }

    @Test
    void closeDoesNotWaitForASilentBackendForEver() {
        ScriptedBackend silent = new ScriptedBackend();
        LockManager manager = LockManager.builder(silent)
                .time(rig.time, rig.time)
                .answerTimeout(Duration.ofMillis(20))
                .build();
        CompletableFuture<LockHandle> result = manager.acquireAsync(RESOURCE, "a", Duration.ZERO, MANUAL);
        Asked<AcquireRequest, AcquireReply> asked = silent.acquires.take();
        asked.reply(ManagerRig.grant(asked.argument(), 5));
        ManagerRig.await(result::isDone);
        try (LogCapture log = new LogCapture(LockManager.class)) {
            manager.close();
            assertThat(log.at(Level.WARN)).hasSize(1);
        }
        assertThat(silent.releases.waiting()).isEqualTo(1);
        assertThat(silent.closes).hasValue(1);
    }

    @Test
    void closeSurvivesABackendThatFails() {
        rig.backend.releases.behave(hold -> {
            throw new IllegalStateException("broken");
        });
        rig.backend.withdrawals.behave(request ->
                CompletableFuture.failedFuture(LockBackendException.outcomeUnknown("connection lost", null)));
        rig.hold("a", 5, MANUAL);
        Waiting waiting = rig.queue("b", WAIT);
        try (LogCapture log = new LogCapture(LockManager.class)) {
            rig.manager.close();
            assertThat(log.at(Level.WARN)).hasSize(1);
        }
        assertClosed(waiting.result());
        assertThat(rig.backend.closes).hasValue(1);
    }

    @Test
    void releaseThatIsStillBeingTriedIsTriedOnceMore() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        CompletableFuture<Boolean> released = hold.releaseAsync();
        rig.backend.releases.skip();
        rig.backend.releases.always(ref -> true);
        rig.manager.close();
        assertThat(rig.backend.releases.take().argument().token()).isEqualTo(5);
        assertThat(released).isCompletedExceptionally();
    }

    @Test
    void withdrawalThatIsStillBeingTriedIsTriedOnceMore() {
        rig.ask("a", WAIT).cancel(false);
        rig.backend.withdrawals.skip();
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.manager.close();
        assertThat(rig.backend.withdrawals.skip()).isEqualTo(1);
    }

    @Test
    void grantThatArrivesAfterTheCloseIsWithdrawn() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        Waiting waiting = rig.queue("a", WAIT);
        rig.manager.close();
        rig.backend.withdrawals.skip();
        waiting.grant(5);
        assertThat(rig.backend.withdrawals.take().argument().id())
                .isEqualTo(waiting.request().id());
        assertClosed(waiting.result());
    }

    @Test
    void closeWaitsForACallThatIsUnderWayAndReleasesWhatItIsGranted() throws Exception {
        CompletableFuture<AcquireReply> gate = new CompletableFuture<>();
        rig.backend.acquires.behave(request -> {
            gate.join();
            return CompletableFuture.completedFuture(ManagerRig.grant(request, 5));
        });
        rig.backend.releases.always(hold -> true);
        Caller<LockHandle> acquirer = Caller.of(() -> rig.manager.acquire(RESOURCE, "a", WAIT));
        rig.backend.acquires.take();
        Caller<Boolean> closer = Caller.of(rig.manager::close);
        ManagerRig.await(rig.manager::isClosed);
        gate.complete(null);
        assertThat(closer.result()).isTrue();
        assertThat(acquirer.result().isValid()).isFalse();
        assertThat(rig.backend.releases.waiting()).isEqualTo(1);
    }

    @Test
    void callThatOutlastsTheCloseIsToldAndLeavesNothing() throws Exception {
        ScriptedBackend slow = new ScriptedBackend();
        LockManager manager = LockManager.builder(slow)
                .time(rig.time, rig.time)
                .answerTimeout(Duration.ofMillis(1))
                .build();
        CompletableFuture<AcquireReply> gate = new CompletableFuture<>();
        slow.acquires.behave(request -> {
            gate.join();
            return CompletableFuture.completedFuture(ManagerRig.grant(request, 5));
        });
        slow.withdrawals.always(request -> Optional.empty());
        Caller<LockHandle> acquirer = Caller.of(() -> manager.acquire(RESOURCE, "a", WAIT));
        slow.acquires.take();
        manager.close();
        gate.complete(null);
        assertThat(acquirer.failure()).isInstanceOf(LockClosedException.class);
        assertThat(slow.withdrawals.waiting()).isEqualTo(1);
    }

    @Test
    void requestIsNotSentAgainDuringTheClose() throws Exception {
        rig.backend.withdrawals.always(request -> Optional.empty());
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.releaseAsync();
        // Waits for the release, to be sent again after it.
        CompletableFuture<LockHandle> overtaking = rig.ask("a", WAIT);
        Asked<AcquireRequest, AcquireReply> asked = rig.backend.acquires.take();
        asked.reply(ManagerRig.grant(asked.argument(), 5));
        rig.backend.acquires.keepCallers();
        Caller<LockHandle> underWay = Caller.of(() -> rig.manager.acquire(RESOURCE, "b", WAIT));
        Asked<AcquireRequest, AcquireReply> call = rig.backend.acquires.take();
        Caller<Boolean> closer = Caller.of(rig.manager::close);
        ManagerRig.await(rig.manager::isClosed);
        rig.backend.releases.take().reply(true);
        assertThat(rig.backend.acquires.waiting()).isZero();
        call.reply(new AcquireReply.Held(ManagerRig.held("c")));
        assertThat(closer.result()).isTrue();
        assertClosed(overtaking);
        assertThat(underWay.failure()).isInstanceOf(LockTimeoutException.class);
        assertThat(rig.backend.withdrawals.skip()).isEqualTo(1);
    }

    @Test
    void interruptedThreadClosesAllTheSame() {
        rig.backend.releases.always(hold -> true);
        rig.hold("a", 5, MANUAL);
        Thread.currentThread().interrupt();
        rig.manager.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(rig.backend.releases.waiting()).isEqualTo(1);
        assertThat(rig.backend.closes).hasValue(1);
    }

    @Test
    void callsAfterTheCloseAskNobody() {
        rig.manager.close();
        assertThatExceptionOfType(LockClosedException.class).isThrownBy(() -> rig.manager.acquire(RESOURCE, "a", WAIT));
        assertThatExceptionOfType(LockClosedException.class).isThrownBy(() -> rig.manager.tryAcquire(RESOURCE, "a"));
        assertThatExceptionOfType(LockClosedException.class).isThrownBy(() -> rig.ask("a", WAIT));
        assertThatExceptionOfType(LockClosedException.class).isThrownBy(() -> rig.manager.release(RESOURCE, "a"));
        assertThatExceptionOfType(LockClosedException.class).isThrownBy(() -> rig.manager.heartbeat(RESOURCE, "a"));
        assertThatExceptionOfType(LockClosedException.class).isThrownBy(() -> rig.manager.inspect(RESOURCE));
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void handleOfAClosedManagerDoesNothing() {
        rig.backend.releases.always(hold -> true);
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.manager.close();
        rig.backend.releases.skip();
        hold.close();
        assertThat(hold.releaseAsync()).isCompletedWithValue(false);
        assertThat(hold.heartbeat()).isFalse();
        assertThat(hold.remaining()).isZero();
        rig.advance(LEASE);
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void managerOnATimeOfItsOwnStopsItsThread() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        Set<Thread> before = timers();
        LockManager manager = LockManager.builder(rig.backend).build();
        manager.acquireAsync(RESOURCE, "a", Duration.ofHours(1));
        Set<Thread> own = timers();
        own.removeAll(before);
        assertThat(own).hasSize(1);
        manager.close();
        ManagerRig.await(() -> own.stream().noneMatch(Thread::isAlive));
    }

    private static Set<Thread> timers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("holdfast-timer"))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static void assertClosed(CompletableFuture<LockHandle> result) {
        assertThat(result)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(LockClosedException.class);
    }
}
