package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the API adds to a lock by itself: default arguments, clients, and work under a lock. */
class LockClientTest {
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final LockOptions OPTIONS = LockOptions.defaults().withAutoRenewal(false);

    private final RecordingLock locks = new RecordingLock();
    private final LockClient client = locks.client("a");

    @Test
    void clientFillsInItsName() throws Exception {
        client.acquire("r", WAIT, OPTIONS);
        client.tryAcquire("r", WAIT, OPTIONS);
        client.acquireAsync("r", WAIT, OPTIONS).join();
        assertThat(client.release("r")).isTrue();
        assertThat(client.heartbeat("r")).isTrue();
        assertThat(locks.calls)
                .containsExactly(
                        List.of("acquire", "r", "a", WAIT, OPTIONS),
                        List.of("tryAcquire", "r", "a", WAIT, OPTIONS),
                        List.of("acquireAsync", "r", "a", WAIT, OPTIONS),
                        List.of("release", "r", "a"),
                        List.of("heartbeat", "r", "a"));
    }

    @Test
    void clientLeavesTheDefaultsToTheLock() throws Exception {
        client.acquire("r", WAIT);
        client.tryAcquire("r", WAIT);
        client.tryAcquire("r");
        client.acquireAsync("r", WAIT).join();
        assertThat(locks.calls)
                .containsExactly(
                        List.of("acquire", "r", "a", WAIT, RecordingLock.OPTIONS),
                        List.of("tryAcquire", "r", "a", WAIT, RecordingLock.OPTIONS),
                        List.of("tryAcquire", "r", "a", Duration.ZERO, RecordingLock.OPTIONS),
                        List.of("acquireAsync", "r", "a", WAIT, RecordingLock.OPTIONS));
    }

    @Test
    void clientMustHaveAName() {
        assertThatIllegalArgumentException().isThrownBy(() -> locks.client("")).withMessageContaining("client");
        assertThatNullPointerException().isThrownBy(() -> locks.client(null)).withMessage("client");
    }

    @Test
    void clientKnowsItsName() {
        assertThat(client.name()).isEqualTo("a");
        assertThat(client).hasToString("LockClient[a]");
    }

    @Test
    void newClientsHaveNamesOfTheirOwn() {
        String one = locks.newClient().name();
        assertThat(UUID.fromString(one)).hasToString(one);
        assertThat(locks.newClient().name()).isNotEqualTo(one);
    }

    @Test
    void workRunsUnderTheHoldWhichIsReleasedAfterwards() throws Exception {
        String result = client.withLock("r", WAIT, hold -> {
            assertThat(hold.isValid()).isTrue();
            return "done under token " + hold.fencingToken();
        });
        assertThat(result).isEqualTo("done under token 5");
        assertThat(locks.handle.closes).isEqualTo(1);
        assertThat(locks.calls).containsExactly(List.of("acquire", "r", "a", WAIT, RecordingLock.OPTIONS));
    }

    @Test
    void workMayRunUnderOptionsOfItsOwn() throws Exception {
        LockOptions brief = LockOptions.defaults().withLease(Duration.ofSeconds(1));
        long token = client.withLock("r", WAIT, brief, LockHandle::fencingToken);
        assertThat(token).isEqualTo(5);
        assertThat(locks.handle.closes).isEqualTo(1);
        assertThat(locks.calls).containsExactly(List.of("acquire", "r", "a", WAIT, brief));
    }

    @Test
    void workMayReturnNothing() throws Exception {
        assertThat(client.<String, RuntimeException>withLock("r", WAIT, hold -> null))
                .isNull();
    }

    @Test
    void workThatThrowsReleasesTheHoldAllTheSame() {
        IOException trouble = new IOException("disk full");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> client.withLock("r", WAIT, hold -> {
                    throw trouble;
                }))
                .isSameAs(trouble);
        assertThat(locks.handle.closes).isEqualTo(1);
    }

    @Test
    void workIsNotBegunWithoutTheHold() {
        locks.failure = new LockTimeoutException("r", "a", WAIT, null);
        assertThatExceptionOfType(LockTimeoutException.class)
                .isThrownBy(() -> client.withLock("r", WAIT, hold -> {
                    throw new AssertionError("begun");
                }));
        assertThat(locks.handle.closes).isZero();
    }

    @Test
    void nothingIsAcquiredForNoWork() {
        assertThatNullPointerException()
                .isThrownBy(() -> client.withLock("r", WAIT, null))
                .withMessage("work");
        assertThat(locks.calls).isEmpty();
    }
}
