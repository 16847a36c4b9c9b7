package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.quorum.QuorumLocks;
import io.holdfast.sharded.ShardedLocks;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TcpProxy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that isn't there when locks are opened of which it is a part. */
class UnreachablePartTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final RedisServer server = RedisServer.start();
    private final RedisServer second = RedisServer.start();
    private final RedisServer third = RedisServer.start();
    private final TcpProxy proxy = TcpProxy.to(server);

    @BeforeEach
    void cutOff() {
        proxy.refuse();
    }

    @AfterEach
    void close() {
        proxy.close();
        server.close();
        second.close();
        third.close();
    }

    @Test
    void locksInItAloneAreNotOpened() {
        assertThatThrownBy(() -> RedisLocks.connect(uri()))
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("is it running?");
    }

    @Test
    void aQuorumIsOpenedWithoutItAndTakesItInWhenItIsThere() throws Exception {
        try (DistributedLock locks = QuorumLocks.builder()
                .member("a", uri())
                .member("b", RedisLocks.builder(second.uri()))
                .member("c", third.uri())
                .firstStart(true)
                .memberTimeout(Duration.ofSeconds(10))
                .open()) {
            try (LockHandle hold = locks.acquire("r", "client", LONG)) {
                assertThat(hold.isValid()).isTrue();
            }
            proxy.restore();
            awaitLockIn(server, locks);
        }
    }

    @Test
    void oneShardThatIsMissingKeepsNoOtherFromServing() throws Exception {
        try (DistributedLock locks = ShardedLocks.builder()
                .shard("there", second.uri())
                .shard("missing", uri())
                .open()) {
            int served = 0;
            for (int i = 0; i < 20; i++) {
                served += holds(locks, "r" + i) ? 1 : 0;
            }
            assertThat(served).isPositive();
        }
    }

    /** The connection is tried every second. */
    private static void awaitLockIn(RedisServer server, DistributedLock locks) throws InterruptedException {
        long begin = System.nanoTime();
        for (int i = 0; ; i++) {
            try (LockHandle hold = locks.acquire("r" + i, "client", LONG)) {
                if (Long.valueOf(1).equals(server.command("EXISTS", "holdfast:{" + hold.resource() + "}"))) {
                    return;
                }
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static boolean holds(DistributedLock locks, String resource) throws InterruptedException {
        try (LockHandle hold = locks.acquire(resource, "client", Duration.ofSeconds(5))) {
            return hold.isValid();
        } catch (LockBackendException missing) {
            assertThat(missing).hasMessageContaining("'missing'");
            return false;
        }
    }

    private String uri() {
        return "redis://127.0.0.1:" + proxy.port();
    }
}
