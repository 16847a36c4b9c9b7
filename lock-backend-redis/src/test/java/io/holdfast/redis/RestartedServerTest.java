package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of holds and of those who wait when the server is killed and started anew. */
class RestartedServerTest {
    private static final Duration LONG = Duration.ofMinutes(3);
    /** Shorter than a lease, by whose end everybody would be served in any case. */
    private static final Duration SOON = Duration.ofSeconds(25);

    @Test
    void whatAServerWritesThroughOutlivesItsDeath() throws Exception {
        try (RedisServer server = RedisServer.builder()
                        .appendOnly(RedisServer.Fsync.ALWAYS)
                        .start();
                DistributedLock locks = TestBackends.locks(server.uri());
                DistributedLock others = TestBackends.locks(server.uri())) {
            LockHandle hold = locks.acquire("resource", "holder", LONG);
            CompletableFuture<LockHandle> waiting = others.acquireAsync("resource", "waiter", LONG);
            TestBackends.awaitWaiters(locks, "resource", 1);
            server.restart();

            assertThat(others.tryAcquire("resource", "third")).isEmpty();
            assertThat(hold.heartbeat()).isTrue();
            assertThat(locks.inspect("resource").orElseThrow().waiters()).isEqualTo(1);
            assertThat(waiting).isNotDone();
            hold.close();
            LockHandle next = waiting.get(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(next.fencingToken()).isGreaterThan(hold.fencingToken());
            next.close();
        }
    }

    @Test
    void whoWaitsAtAServerThatForgetsEverythingIsServedAndTheHolderLearnsOfItsLoss() throws Exception {
        try (RedisServer server = RedisServer.start();
                DistributedLock locks = TestBackends.locks(server.uri());
                DistributedLock others = TestBackends.locks(server.uri())) {
            LockHandle hold = locks.acquire("resource", "holder", LONG);
            CompletableFuture<LockHandle> waiting = others.acquireAsync("resource", "waiter", LONG);
            TestBackends.awaitWaiters(locks, "resource", 1);
            server.restart();

            LockHandle next = waiting.get(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(next.fencingToken()).isGreaterThan(hold.fencingToken());
            assertThat(hold.heartbeat()).isFalse();
            assertThat(hold.isValid()).isFalse();
            assertThat(next.heartbeat()).isTrue();
            next.close();
        }
    }
}
