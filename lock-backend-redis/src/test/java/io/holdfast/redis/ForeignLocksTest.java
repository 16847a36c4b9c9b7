package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Side by side with programs that lock by a SET NX PX of their own. */
class ForeignLocksTest extends OneServerTest {
    private static final String KEY = "holdfast:{job}";
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void anotherProgramsLockIsRespected() throws InterruptedException {
        server.command("SET", KEY, "cron on host-3", "NX", "PX", "60000");
        assertThat(locks.tryAcquire("job", "worker")).isEmpty();
        LockInfo info = locks.inspect("job").orElseThrow();
        assertThat(info.status()).isEqualTo(LockStatus.FOREIGN);
        assertThat(info.client()).isEqualTo("cron on host-3");
        assertThat(info.fencingToken()).isZero();
        assertThat(info.remaining()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
    }

    @Test
    void aLockOfOursKeepsAnotherProgramOut() throws InterruptedException {
        try (LockHandle hold = locks.acquire("job", "worker", LONG)) {
            assertThat(server.command("SET", KEY, "cron", "NX", "PX", "60000")).isNull();
            assertThat(hold.isValid()).isTrue();
        }
        assertThat(server.command("SET", KEY, "cron", "NX", "PX", "60000")).isEqualTo("OK");
    }

    @Test
    void whoWaitsForAnotherProgramsLockGetsItWhenThatIsDeleted() throws Exception {
        server.command("SET", KEY, "cron");
        CompletableFuture<LockHandle> waiting = locks.acquireAsync("job", "worker", LONG);
        while (!server.command("EXISTS", KEY + ":queue").equals(1L)) {
            Thread.onSpinWait();
        }
        server.command("DEL", KEY);
        waiting.get(10, TimeUnit.SECONDS).close();
    }

    @Test
    void neitherReleaseNorHeartbeatTouchesAnotherProgramsLock() {
        server.command("SET", KEY, "worker", "PX", "60000");
        assertThat(locks.release("job", "worker")).isFalse();
        assertThat(locks.heartbeat("job", "worker")).isFalse();
        assertThat(server.command("GET", KEY)).isEqualTo("worker");
    }

    @Test
    void aLockThatLastsForThousandsOfYearsIsShown() throws InterruptedException {
        server.command("SET", KEY, "cron", "PX", "200000000000000");
        assertThat(locks.inspect("job").orElseThrow().client()).isEqualTo("cron");
        assertThat(locks.tryAcquire("job", "worker")).isEmpty();
        assertThat(locks.tryAcquire("job", "worker", Duration.ofMillis(1))).isEmpty();
    }

    @Test
    void aKeyOfAnotherKindIsAnErrorThatNamesIt() {
        server.command("SADD", KEY, "member");
        assertThatThrownBy(() -> locks.tryAcquire("job", "worker"))
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("WRONGTYPE");
    }
}
