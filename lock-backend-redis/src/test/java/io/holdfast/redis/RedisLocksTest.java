package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Alone in its JVM, because it counts threads. */
@Isolated
class RedisLocksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void noThreadIsLeftOfALockThatIsClosed() throws InterruptedException {
        try (RedisServer server = RedisServer.start()) {
            useAndClose(server);
            Set<Thread> before = threads();
            useAndClose(server);
            Set<Thread> left = threads();
            left.removeAll(before);
            for (Thread thread : left) {
                // It may be about to end; nothing tells when it has but this.
                thread.join(PATIENCE.toMillis());
            }
            assertThat(left).noneMatch(Thread::isAlive);
        }
    }

    /** With a waiter, so that there is a subscription as well. */
    private static void useAndClose(RedisServer server) throws InterruptedException {
        try (DistributedLock locks = TestBackends.locks(server.uri())) {
            LockHandle first = locks.acquire("stock/7", "first", PATIENCE);
            CompletableFuture<LockHandle> second = locks.acquireAsync("stock/7", "second", PATIENCE);
            first.close();
            second.join().close();
        }
    }

    /** Those of this library; the common pool has its own life. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("holdfast"))
                .collect(Collectors.toCollection(HashSet::new));
    }
}
