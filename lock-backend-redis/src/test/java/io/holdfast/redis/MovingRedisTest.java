package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.sharded.ShardedLocks;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an operator does on the way from one map of shards to another, over real servers. */
class MovingRedisTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    /** Longer than a busy machine keeps anybody waiting. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void aResourceIsLockedFromMapToMap() throws InterruptedException {
        try (RedisServer a = RedisServer.start();
                RedisServer b = RedisServer.start();
                DistributedLock old = builder().shard("a", a.uri()).open();
                DistributedLock onTheWay = builder()
                        .removing("a", 1, a.uri())
                        .adding("b", 1, b.uri())
                        .open();
                DistributedLock next = builder().shard("b", b.uri()).open()) {
            long token;
            try (LockHandle hold = old.acquire("r", "x", TIMEOUT)) {
                token = hold.fencingToken();
                assertThat(onTheWay.tryAcquire("r", "y", Duration.ZERO)).isEmpty();
            }
            try (LockHandle hold = onTheWay.acquire("r", "y", TIMEOUT)) {
                assertThat(hold.fencingToken()).isGreaterThan(token);
                token = hold.fencingToken();
                assertThat(old.tryAcquire("r", "x", Duration.ZERO)).isEmpty();
                assertThat(next.tryAcquire("r", "z", Duration.ZERO)).isEmpty();
            }
            try (LockHandle hold = next.acquire("r", "z", TIMEOUT)) {
                assertThat(hold.fencingToken()).isGreaterThan(token);
                assertThat(onTheWay.tryAcquire("r", "y", Duration.ZERO)).isEmpty();
            }
        }
    }

    @Test
    void whoIsForgottenIsFencedByTheRightsOfItsUser() throws InterruptedException {
        try (RedisServer server =
                        RedisServer.builder().user("old on >secret ~* &* +@all").start();
                DistributedLock old = builder()
                        .shard("a", "redis://old:secret@127.0.0.1:" + server.port())
                        .open();
                LockHandle hold = old.acquire("r", "x", TIMEOUT)) {
            server.command("ACL", "DELUSER", "old");

            assertThatThrownBy(() -> old.acquire("another", "x", SHORT)).isInstanceOf(LockBackendException.class);
            assertThatThrownBy(hold::heartbeat).isInstanceOf(LockBackendException.class);
        }
    }

    private static ShardedLocks.Builder builder() {
        return ShardedLocks.builder().answerTimeout(PATIENCE);
    }
}
