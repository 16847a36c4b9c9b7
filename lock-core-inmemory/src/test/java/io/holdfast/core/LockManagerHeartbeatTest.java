package io.holdfast.core;

import static io.holdfast.core.ManagerRig.ANSWER_TIMEOUT;
import static io.holdfast.core.ManagerRig.LEASE;
import static io.holdfast.core.ManagerRig.MANUAL;
import static io.holdfast.core.ManagerRig.RESOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.core.ScriptedBackend.Asked;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What heartbeats do, by handle and by name. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockManagerHeartbeatTest {
    private final ManagerRig rig = new ManagerRig();

    @Test
    void heartbeatExtendsTheLease() {
        rig.backend.renewals.always(rig::allRenewedNow);
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.advance(Duration.ofSeconds(20));
        assertThat(hold.heartbeat()).isTrue();
        assertThat(hold.remaining()).isEqualTo(LEASE);
        rig.advance(LEASE.minusNanos(1));
        assertThat(hold.isValid()).isTrue();
        assertThat(rig.backend.renewals.take().argument())
                .singleElement()
                .satisfies(ref -> assertThat(ref.token()).isEqualTo(5));
    }

    @Test
    void heartbeatOfAHoldThatIsGoneSaysSoAndIsALoss() {
        AtomicInteger losses = new AtomicInteger();
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.onLost(lost -> losses.incrementAndGet());
        rig.backend.renewals.always(holds -> List.of(new RenewOutcome.Lost()));
        assertThat(hold.heartbeat()).isFalse();
        assertThat(hold.isValid()).isFalse();
        assertThat(losses).hasValue(1);
        rig.assertNothingIsLeft();
    }

    @Test
    void heartbeatAfterTheLossAsksNobody() {
        rig.backend.withdrawals.always(request -> Optional.empty());
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.advance(LEASE);
        rig.backend.withdrawals.skip();
        assertThat(hold.heartbeat()).isFalse();
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void heartbeatAfterTheReleaseAsksNobody() {
        rig.backend.releases.always(hold -> true);
        LockHandle hold = rig.hold("a", 5, MANUAL);
        hold.close();
        rig.backend.releases.skip();
        assertThat(hold.heartbeat()).isFalse();
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void heartbeatOfUnknownOutcomeThrowsAndTheHoldLastsAsLongAsItsLease() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        LockBackendException trouble = LockBackendException.outcomeUnknown("connection lost", null);
        rig.backend.renewals.always(holds -> List.of(new RenewOutcome.Unknown(trouble)));
        assertThatExceptionOfType(LockBackendException.class)
                .isThrownBy(hold::heartbeat)
                .withMessage("connection lost")
                .satisfies(failure -> assertThat(failure.outcomeKnown()).isFalse());
        assertThat(hold.isValid()).isTrue();
    }

    @Test
    void heartbeatWithTooFewOutcomesIsABackendFailure() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.backend.renewals.always(holds -> List.of());
        assertThatExceptionOfType(LockBackendException.class).isThrownBy(hold::heartbeat);
        assertThat(hold.isValid()).isTrue();
    }

    @Test
    void heartbeatToABackendThatThrowsIsABackendFailure() {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.backend.renewals.behave(holds -> {
            throw new IllegalStateException("broken");
        });
        assertThatExceptionOfType(LockBackendException.class)
                .isThrownBy(hold::heartbeat)
                .withCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void heartbeatToASilentBackendFailsAfterTheAnswerTimeout() throws Exception {
        LockHandle hold = rig.hold("a", 5, MANUAL);
        Caller<Boolean> caller = Caller.of(() -> hold.heartbeat());
        Asked<?, List<RenewOutcome>> asked = rig.backend.renewals.take();
        caller.untilBlocked();
        rig.advance(ANSWER_TIMEOUT.minusNanos(1));
        assertThat(caller.isDone()).isFalse();
        rig.advance(Duration.ofNanos(1));
        assertThat(caller.failure())
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isFalse())
                .hasMessageContaining("heartbeat");
        asked.reply(List.of(rig.renewedNow()));
        assertThat(hold.isValid()).isTrue();
    }

    @Test
    void heartbeatByNameMeansTheHandlesHold() {
        rig.backend.renewals.always(rig::allRenewedNow);
        LockHandle hold = rig.hold("a", 5, MANUAL);
        rig.advance(Duration.ofSeconds(20));
        assertThat(rig.manager.heartbeat(RESOURCE, "a")).isTrue();
        assertThat(hold.remaining()).isEqualTo(LEASE);
        assertThat(rig.backend.renewals.take().argument().get(0).token()).isEqualTo(5);
    }

    @Test
    void heartbeatByNameReachesAHoldOfAnotherProcess() {
        rig.hold("a", 5, MANUAL);
        rig.backend.renewals.always(rig::allRenewedNow);
        assertThat(rig.manager.heartbeat(RESOURCE, "b")).isTrue();
        HoldRef ref = rig.backend.renewals.take().argument().get(0);
        assertThat(ref.client()).isEqualTo("b");
        assertThat(ref.token()).isEqualTo(HoldRef.ANY_TOKEN);
    }

    @Test
    void heartbeatByNameOfNoHoldSaysSo() {
        rig.backend.renewals.always(holds -> List.of(new RenewOutcome.Lost()));
        assertThat(rig.manager.heartbeat(RESOURCE, "a")).isFalse();
        rig.assertNothingIsLeft();
    }
}
