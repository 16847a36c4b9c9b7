package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long an acquire waits for a server that is silent. */
class AnswerTimeoutTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofMillis(400);

    private RedisServer server;
    private DistributedLock locks;

    @BeforeEach
    void connect() {
        server = RedisServer.start();
        locks = RedisLocks.builder(server.uri())
                .answerTimeout(ANSWER)
                .defaultOptions(LockOptions.defaults().withLease(LONG))
                .build();
    }

    @AfterEach
    void close() {
        server.resume();
        locks.close();
        server.close();
    }

    /** Locks over several stores wait as long as the slowest of these. */
    @Test
    void aStoreSaysHowLongItMayTake() {
        try (LockBackend patient =
                RedisLocks.builder(server.uri()).answerTimeout(LONG).backend(TestBackends.TIME, TestBackends.TIME)) {
            assertThat(patient.answerTimeout()).isEqualTo(LONG);
            assertThat(patient.blocking().answerTimeout()).isEqualTo(LONG);
        }
    }

    @Test
    void anAcquireThatIsNotQueuedYetFailsThoughItMayWaitForLonger() {
        server.pause();
        long begin = System.nanoTime();
        assertThatThrownBy(() -> locks.acquire("r", "client", LONG)).isInstanceOf(LockBackendException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG.dividedBy(4));
    }

    @Test
    void anAcquireThatIsQueuedWaitsOnForItsOwnTimeout() throws Exception {
        LockHandle first = locks.acquire("r", "first", LONG);
        CompletableFuture<LockHandle> second = locks.acquireAsync("r", "second", LONG);
        TestBackends.awaitWaiters(locks, "r", 1);
        server.pause();
        TimeUnit.MILLISECONDS.sleep(3 * ANSWER.toMillis()); // So long is the silence.
        assertThat(second).isNotDone();
        server.resume();
        first.close();
        second.get(LONG.toSeconds(), TimeUnit.SECONDS).close();
    }
}
