package io.holdfast.redis;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.RedisCluster;
import io.holdfast.testservers.RedisSentinels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Connections to test servers, each as of a process of its own. */
final class TestBackends {
    /** For all connections: their timers end with the JVM. */
    static final SystemTime TIME = new SystemTime();

    /** Longer than a busy machine keeps anybody waiting. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private TestBackends() {}

    static LockBackend connect(String uri) {
        return builder(uri).backend(TIME, TIME, () -> {});
    }

    static DistributedLock locks(String uri) {
        return builder(uri).build();
    }

    static RedisLocks.Builder builder(String uri) {
        return RedisLocks.builder(uri).answerTimeout(PATIENCE).connectTimeout(PATIENCE);
    }

    static String uri(RedisCluster cluster) {
        return "redis+cluster://" + String.join(",", cluster.endpoints());
    }

    static String uri(RedisSentinels sentinels) {
        return "redis+sentinel://" + String.join(",", sentinels.endpoints()) + "/" + RedisSentinels.PRIMARY_NAME;
    }

    static void awaitWaiters(DistributedLock locks, String resource, int count) {
        long begin = System.nanoTime();
        while (locks.inspect(resource).orElseThrow().waiters() < count) {
            if (System.nanoTime() - begin > LIMIT.toNanos()) {
                throw new AssertionError("fewer than " + count + " wait for " + resource);
            }
            Thread.onSpinWait();
        }
    }

    /** Waits for all holds, each of which is released as soon as it is granted; gives their tokens as they came. */
    static List<Long> tokensAsGranted(List<CompletableFuture<LockHandle>> waiting, Duration patience) throws Exception {
        List<Long> tokens = new ArrayList<>();
        List<CompletableFuture<Void>> served = new ArrayList<>();
        for (CompletableFuture<LockHandle> each : waiting) {
            served.add(each.thenAccept(hold -> {
                synchronized (tokens) {
                    tokens.add(hold.fencingToken());
                }
                hold.close();
            }));
        }
        CompletableFuture.allOf(served.toArray(CompletableFuture[]::new)).get(patience.toSeconds(), TimeUnit.SECONDS);
        return tokens;
    }
}
