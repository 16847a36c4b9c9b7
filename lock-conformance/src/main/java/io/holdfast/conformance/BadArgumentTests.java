package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 13, the arguments: what is wrong fails before anything is sent. */
abstract class BadArgumentTests extends LockTopic {
    private final List<NameUser> users = List.of(
            (locks, resource, client) -> locks.acquire(resource, client, Duration.ZERO),
            (locks, resource, client) -> locks.tryAcquire(resource, client),
            (locks, resource, client) ->
                    locks.acquireAsync(resource, client, Duration.ZERO).isDone(),
            (locks, resource, client) -> locks.release(resource, client),
            (locks, resource, client) -> locks.heartbeat(resource, client));

    private FaultyBackend counting;
    private DistributedLock locks;

    BadArgumentTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    final void openLocks() {
        counting = faulty();
        locks = locks(counting);
    }

    @ParameterizedTest
    @EnumSource
    @Promise(13)
    final void aBadResourceIsNamedAndNothingIsSent(BadName bad) {
        for (NameUser user : users) {
            assertThatThrownBy(() -> user.use(locks, bad.text(), ALICE))
                    .isInstanceOf(bad.exception())
                    .hasMessageContaining("resource")
                    .hasMessageContaining(bad.limit());
        }
        assertThatThrownBy(() -> locks.inspect(bad.text()))
                .isInstanceOf(bad.exception())
                .hasMessageContaining("resource");
        assertThat(counting.calls()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Promise(13)
    final void aBadClientIsNamedAndNothingIsSent(BadName bad) {
        for (NameUser user : users) {
            assertThatThrownBy(() -> user.use(locks, resource, bad.text()))
                    .isInstanceOf(bad.exception())
                    .hasMessageContaining("client")
                    .hasMessageContaining(bad.limit());
        }
        assertThatThrownBy(() -> locks.client(bad.text()))
                .isInstanceOf(bad.exception())
                .hasMessageContaining("client");
        assertThat(counting.calls()).isZero();
    }

    @Test
    @Promise(13)
    final void aNegativeTimeoutIsNamedAndNothingIsSent() {
        assertThatThrownBy(() -> locks.acquire(resource, ALICE, Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout");
        assertThatThrownBy(() -> locks.acquireAsync(resource, ALICE, Duration.ofSeconds(Long.MIN_VALUE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout");
        assertThat(counting.calls()).isZero();
    }

    @Test
    @Promise(13)
    @SuppressWarnings("NullAway") // because the point is what happens to null
    final void aMissingTimeoutOrOptionIsNamedAndNothingIsSent() {
        assertThatThrownBy(() -> locks.tryAcquire(resource, ALICE, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("timeout");
        assertThatThrownBy(() -> locks.acquire(resource, ALICE, Duration.ZERO, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("options");
        assertThat(counting.calls()).isZero();
    }

    @Test
    @Promise(13)
    final void aLeaseOutsideTheLimitsIsNamed() {
        for (Duration lease : List.of(
                Duration.ZERO,
                Duration.ofNanos(-1),
                LockOptions.MIN_LEASE.minusNanos(1),
                LockOptions.MAX_LEASE.plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> LockOptions.defaults().withLease(lease))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lease")
                    .hasMessageContaining(LockOptions.MIN_LEASE.toString())
                    .hasMessageContaining(LockOptions.MAX_LEASE.toString());
        }
    }

    @Test
    @Promise(13)
    final void aFractionOfAMillisecondIsAllowed() throws InterruptedException {
        assertThat(locks.tryAcquire(resource, ALICE, Duration.ofNanos(1))).isPresent();
        assertThat(LockOptions.defaults().withLease(Duration.ofNanos(1_000_001)).lease())
                .isEqualTo(Duration.ofMillis(2));
    }

    /** A method that takes names. */
    @FunctionalInterface
    interface NameUser {
        Object use(DistributedLock locks, String resource, String client) throws InterruptedException;
    }
}
