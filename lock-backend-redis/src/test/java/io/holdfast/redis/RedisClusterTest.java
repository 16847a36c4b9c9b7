package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.testservers.RedisCluster;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RedisClusterTest {
    private static final Duration LONG = Duration.ofSeconds(40);
    /** Of the waiters, after which each of them would ask by itself in any case. */
    private static final Duration LESS_THAN_A_LEASE = Duration.ofSeconds(25);

    @Test
    void whatStaysIsOneCounterForEachSlotThatWasUsedAndItEndsByItself() throws InterruptedException {
        try (RedisCluster cluster = RedisCluster.start(3, 0);
                DistributedLock locks = TestBackends.locks(TestBackends.uri(cluster))) {
            for (int i = 0; i < 500; i++) {
                locks.acquire("{odd}:" + i, "client", LONG).close();
                locks.acquire("same", "client", LONG).close();
            }
            for (RedisServer node : cluster.nodes()) {
                for (Object key : (List<?>) node.command("KEYS", "*")) {
                    assertThat((String) key).matches("holdfast:\\{\\w+}:tokens");
                    assertThat((Long) node.command("PTTL", (String) key)).isPositive();
                }
            }
        }
    }

    @Test
    void aSlotsCounterThatAHandOverMadeEndsByItself() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(3, 0);
                DistributedLock locks = TestBackends.locks(TestBackends.uri(cluster))) {
            RedisServer node = cluster.primaryOf("holdfast:{odd}");
            node.command("SET", "holdfast:{odd}", "another program's");
            CompletableFuture<LockHandle> waiting = locks.acquireAsync("odd", "client", LONG);
            TestBackends.awaitWaiters(locks, "odd", 1);
            node.command("DEL", "holdfast:{odd}");
            waiting.get(LONG.toSeconds(), TimeUnit.SECONDS).close();

            List<?> keys = (List<?>) node.command("KEYS", "*");
            assertThat(keys).hasSize(1);
            assertThat((Long) node.command("PTTL", (String) keys.get(0))).isPositive();
        }
    }

    @Test
    void everyWaiterIsServedThoughThePrimaryIsReplaced() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(3, 1, RedisCluster::noticeSoon);
                DistributedLock one = TestBackends.locks(TestBackends.uri(cluster));
                DistributedLock other = TestBackends.locks(TestBackends.uri(cluster))) {
            LockHandle held = one.acquire("resource", "holder", LONG);
            List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                waiting.add((i % 2 == 0 ? one : other).acquireAsync("resource", "client-" + i, LONG));
            }
            TestBackends.awaitWaiters(one, "resource", 6);
            RedisServer primary = cluster.primaryOf("holdfast:{resource}");
            cluster.failOverTo(cluster.replicasOf(primary).get(0));

            long first = held.fencingToken();
            held.close();
            List<Long> tokens = TestBackends.tokensAsGranted(waiting, LESS_THAN_A_LEASE);
            assertThat(tokens).hasSize(6).isSorted().doesNotHaveDuplicates();
            assertThat(tokens.get(0)).isGreaterThan(first);
        }
    }
}
