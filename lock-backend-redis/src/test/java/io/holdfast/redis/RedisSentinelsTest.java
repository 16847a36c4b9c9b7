package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.testservers.RedisSentinels;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisSentinelsTest {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final Duration SHORT = Duration.ofSeconds(25);

    private RedisSentinels sentinels;

    @BeforeEach
    void start() {
        sentinels = RedisSentinels.start(2, 3);
    }

    @AfterEach
    void close() {
        sentinels.close();
    }

    @Test
    void everyWaiterIsServedThoughThePrimaryDies() throws Exception {
        try (DistributedLock one = TestBackends.locks(TestBackends.uri(sentinels));
                DistributedLock other = TestBackends.locks(TestBackends.uri(sentinels))) {
            LockHandle held = one.acquire("resource", "holder", LONG);
            List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                waiting.add((i % 2 == 0 ? one : other).acquireAsync("resource", "client-" + i, LONG));
            }
            TestBackends.awaitWaiters(one, "resource", 6);
            RedisServer dead = sentinels.primary();
            dead.kill();
            sentinels.primaryAfter(dead);

            held.close();
            // Far less than a lease, whose end would bring each of them its turn in any case.
            List<Long> tokens = TestBackends.tokensAsGranted(waiting, SHORT);
            assertThat(tokens).hasSize(6).isSorted().doesNotHaveDuplicates();
            assertThat(tokens.get(0)).isGreaterThan(held.fencingToken());
        }
    }

    @Test
    void tokensGrowThoughTheNewPrimaryHasMissedTheLatest() throws Exception {
        try (DistributedLock locks = TestBackends.locks(TestBackends.uri(sentinels))) {
            RedisServer primary = sentinels.primary();
            locks.acquire("resource", "client", LONG).close();
            List<RedisServer> replicas =
                    sentinels.servers().stream().filter(each -> each != primary).toList();
            replicas.forEach(RedisServer::pause);
            // Else what they are sent waits in their sockets, and they miss nothing.
            primary.command("CLIENT", "KILL", "TYPE", "replica");
            long before = 0;
            for (int i = 0; i < 20; i++) {
                try (LockHandle hold = locks.acquire("resource", "client-" + i, LONG)) {
                    before = hold.fencingToken();
                }
            }
            primary.kill();
            replicas.forEach(RedisServer::resume);
            RedisServer promoted = sentinels.primaryAfter(primary);
            assertThat(lastToken(promoted)).isLessThan(before);
            try (LockHandle hold = locks.acquire("resource", "client", LONG)) {
                assertThat(hold.fencingToken()).isGreaterThan(before);
            }
        }
    }

    private static long lastToken(RedisServer server) {
        List<?> stream = (List<?>) server.command("XINFO", "STREAM", "holdfast:tokens");
        return FencingTokens.parse((String) stream.get(stream.indexOf("last-generated-id") + 1));
    }
}
