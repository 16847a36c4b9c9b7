package io.holdfast.core;

import static io.holdfast.core.ManagerRig.LEASE;
import static io.holdfast.core.ManagerRig.MANUAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import ch.qos.logback.classic.Level;
import io.holdfast.LockHandle;
import io.holdfast.LockLostException;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a holder learns that it has lost its hold. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockManagerLossTest {
    private final List<String> heard = new ArrayList<>();
    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final ManagerRig rig = new ManagerRig();

    @BeforeEach
    void answerWhatIsNotLookedAt() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.backend.releases.always(hold -> true);
    }

    @Test
    void listenersAreCalledOnceInTheOrderOfTheirComing() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.onLost(lost -> heard.add("first " + (lost == hold)));
        hold.onLost(lost -> heard.add("second"));
        hold.onLost(lost -> heard.add("third"));
        rig.advance(LEASE);
        rig.advance(LEASE);
        assertThat(heard).containsExactly("first true", "second", "third");
    }

    @Test
    void listenerThatComesAfterTheLossIsCalledAtOnce() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.advance(LEASE);
        hold.onLost(lost -> heard.add("late"));
        assertThat(heard).containsExactly("late");
    }

    @Test
    void listenerThatThrowsKeepsNoOtherFromRunning() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        LockHandle other = rig.hold("other", "a", 6, MANUAL);
        hold.onLost(lost -> {
            throw new IllegalStateException("listener");
        });
        hold.onLost(lost -> {
            throw new AssertionError("listener");
        });
        hold.onLost(lost -> heard.add("second"));
        other.onLost(lost -> heard.add("other"));
        try (LogCapture log = new LogCapture(LockManager.class)) {
            rig.advance(LEASE);
            assertThat(log.at(Level.ERROR)).hasSize(2);
        }
        assertThat(heard).containsExactlyInAnyOrder("second", "other");
        rig.assertNothingIsLeft();
    }

    @Test
    void lossOfARenewedHoldIsLoggedOnce() {
        try (LogCapture log = new LogCapture(LockManager.class)) {
            LockHandle hold = rig.hold("a", 5, MANUAL.withAutoRenewal(true));
            rig.advance(LEASE);
            assertThat(hold.isValid()).isFalse();
            assertThat(log.at(Level.WARN))
                    .singleElement()
                    .satisfies(
                            event -> assertThat(event.getFormattedMessage()).contains("orders/42", "'a'", "token 5"));
        }
    }

    @Test
    void endOfALeaseThatNobodyRenewsIsNoWarning() {
        try (LogCapture log = new LogCapture(LockManager.class)) {
            LockHandle hold = rig.hold("a", 5, MANUAL);
            rig.advance(LEASE);
            assertThat(hold.isValid()).isFalse();
            assertThat(log.at(Level.WARN)).isEmpty();
        }
    }

    @Test
    void releaseIsNoLoss() {
        try (LogCapture log = new LogCapture(LockManager.class)) {
            LockHandle hold = rig.hold("a", 5, MANUAL);
            hold.onLost(lost -> heard.add("before"));
            hold.close();
            hold.onLost(lost -> heard.add("after"));
            rig.advance(LEASE);
            assertThat(heard).isEmpty();
            assertThat(log.at(Level.WARN)).isEmpty();
        }
    }

    @Test
    void closingTheLockIsNoLoss() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.onLost(lost -> heard.add("lost"));
        rig.manager.close();
        rig.advance(LEASE);
        assertThat(heard).isEmpty();
        assertThat(hold.isValid()).isFalse();
    }

    @Test
    void listenersRunOnTheCallbackExecutorOnly() {
        ManagerRig later = new ManagerRig(callbacks::add);
        later.backend.withdrawals.always(request -> Optional.empty());
        later.backend.acquires.always(request -> ManagerRig.grant(request, 5));
        LockHandle hold = later.manager
                .acquireAsync(ManagerRig.RESOURCE, "a", Duration.ZERO, MANUAL)
                .join();
        hold.onLost(lost -> heard.add("early"));
        later.advance(LEASE);
        hold.onLost(lost -> heard.add("late"));
        assertThat(hold.isValid()).isFalse();
        assertThat(heard).isEmpty();
        callbacks.forEach(Runnable::run);
        assertThat(heard).containsExactly("early", "late");
    }

    @Test
    void listenersRunEvenIfTheExecutorIsShutDown() throws InterruptedException {
        ManagerRig refusing = new ManagerRig(task -> {
            throw new RejectedExecutionException("shut down");
        });
        assertListenersAreCalled(refusing);
    }

    @Test
    void listenersRunEvenIfTheExecutorIsBroken() throws InterruptedException {
        ManagerRig broken = new ManagerRig(task -> {
            throw new IllegalStateException("broken");
        });
        assertListenersAreCalled(broken);
    }

    private static void assertListenersAreCalled(ManagerRig rig) throws InterruptedException {
        rig.backend.withdrawals.always(request -> Optional.empty());
        rig.backend.acquires.always(request -> ManagerRig.grant(request, 5));
        CountDownLatch called = new CountDownLatch(2);
        for (String resource : List.of("x", "y")) {
            rig.manager
                    .acquireAsync(resource, "a", Duration.ZERO, MANUAL)
                    .join()
                    .onLost(lost -> called.countDown());
        }
        rig.advance(LEASE);
        assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
        rig.assertNothingIsLeft();
    }

    @Test
    void lossThatIsNoticedByAskingIsToldToo() {
        ManualTime time = new ManualTime();
        long[] skew = {0};
        ScriptedBackend backend = new ScriptedBackend();
        backend.acquires.always(request -> ManagerRig.grant(request, 5));
        backend.withdrawals.always(request -> Optional.empty());
        LockManager manager = LockManager.builder(backend)
                .time(() -> time.read() + skew[0], time)
                .callbackExecutor(callbacks::add)
                .build();
        LockHandle hold = manager.acquireAsync("r", "a", Duration.ZERO, MANUAL).join();
        hold.onLost(lost -> heard.add("lost"));
        skew[0] = LEASE.toNanos();
        assertThat(hold.isValid()).isFalse();
        assertThat(hold.isValid()).isFalse();
        // The timer, which here lags behind the clock, tells the listeners.
        time.advance(LEASE);
        while (!callbacks.isEmpty()) {
            callbacks.remove().run();
        }
        assertThat(heard).containsExactly("lost");
        assertThat(manager.size()).isZero();
    }

    @Test
    void lossThatIsNoticedByAskingIsToldAlsoWhenTheBackendReportsItNext() {
        ManualTime time = new ManualTime();
        long[] skew = {0};
        ScriptedBackend backend = new ScriptedBackend();
        backend.acquires.always(request -> ManagerRig.grant(request, 5));
        backend.withdrawals.always(request -> Optional.empty());
        LockManager manager = LockManager.builder(backend)
                .time(() -> time.read() + skew[0], time)
                .callbackExecutor(callbacks::add)
                .build();
        LockHandle hold = manager.acquireAsync("r", "a", Duration.ZERO, MANUAL.withAutoRenewal(true))
                .join();
        hold.onLost(lost -> heard.add("lost"));
        time.advance(LEASE.dividedBy(3));
        skew[0] = LEASE.toNanos();
        assertThat(hold.isValid()).isFalse();
        backend.renewals.take().reply(List.of(new RenewOutcome.Lost()));
        callbacks.forEach(Runnable::run);
        assertThat(heard).containsExactly("lost");
        assertThat(manager.size()).isZero();
    }

    @Test
    void workThatAsksIsStopped() {
        LockHandle lost = rig.hold("x", "a", 5, MANUAL);
        LockHandle released = rig.hold("y", "b", 6, MANUAL);
        released.close();
        rig.advance(LEASE);
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(lost::ensureValid)
                .withMessageContaining("is lost")
                .satisfies(thrown -> {
                    assertThat(thrown.resource()).isEqualTo("x");
                    assertThat(thrown.client()).isEqualTo("a");
                    assertThat(thrown.fencingToken()).isEqualTo(5);
                });
        assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(released::ensureValid)
                .withMessageContaining("has been released");
    }

    @Test
    void listenerMustNotBeNull() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        assertThatNullPointerException().isThrownBy(() -> hold.onLost(null)).withMessage("listener");
    }
}
