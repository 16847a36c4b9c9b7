package io.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.Locks;
import io.holdfast.redis.RedisLocks;
import io.holdfast.testservers.EtcdServer;
import io.holdfast.testservers.RedisServer;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a lock costs, in counts that don't depend on the machine: calls, proposals, bytes, threads. A change that makes
 * it dearer fails here, however fast the machine is.
 */
@Timeout(60)
class CostTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern SCRIPTS = Pattern.compile("cmdstat_(?:evalsha|eval|fcall):calls=(\\d+)");
    private static final Pattern COMMANDS =
            Pattern.compile("cmdstat_(?!info|ping|hello|auth|client|config|command)[^:]+:calls=(\\d+)");
    /** As counted when this was written, with little to spare. */
    private static final double REDIS_COMMANDS = 7;

    private static final double REDIS_COMMANDS_CONTENDED = 15;
    /** 264 where coverage is measured, whose probes keep the compiler from leaving things out; 152 otherwise. */
    private static final double MEMORY_BYTES = 300;

    private static final int PAIRS = 100;
    private static final int THREADS = 4;
    private static final int WAITERS = 100;

    private static RedisServer redis;
    private static EtcdServer etcd;

    /** A lock under test. */
    private interface Use {
        void with(DistributedLock locks) throws Exception;
    }

    /** A server's count. */
    private interface Counter {
        double count();
    }

    @BeforeAll
    static void startServers() {
        redis = RedisServer.start();
        etcd = EtcdServer.builder().dataInMemory().start();
    }

    @AfterAll
    static void stopServers() {
        redis.close();
        etcd.close();
    }

    @Test
    void aFreeLockAndItsReleaseAreTwoCallsToRedis() throws Exception {
        assertThat(pairs(redis.uri(), scripts())).isEqualTo(2.0);
    }

    @Test
    void aFreeLockAndItsReleaseTakeRedisFewCommands() throws Exception {
        assertThat(pairs(redis.uri(), commands())).isLessThanOrEqualTo(REDIS_COMMANDS);
    }

    @Test
    void aGrantThatOthersWaitForIsHardlyMoreThanTwoCallsToRedis() throws Exception {
        assertThat(contendedGrants(redis.uri(), scripts())).isLessThanOrEqualTo(2.1);
    }

    @Test
    void aGrantThatOthersWaitForTakesRedisFewCommands() throws Exception {
        assertThat(contendedGrants(redis.uri(), commands())).isLessThanOrEqualTo(REDIS_COMMANDS_CONTENDED);
    }

    @Test
    void aFreeLockAndItsReleaseAreTwoRaftProposals() throws Exception {
        assertThat(pairs(etcdUri(), etcd::raftProposals)).isLessThanOrEqualTo(2.05);
    }

    @Test
    void aGrantThatOthersWaitForIsHardlyMoreThanTwoRaftProposals() throws Exception {
        assertThat(contendedGrants(etcdUri(), etcd::raftProposals)).isLessThanOrEqualTo(2.1);
    }

    @Test
    void aHeartbeatIsNoRaftProposal() throws Exception {
        using(etcdUri(), locks -> {
            try (LockHandle hold = locks.acquire("heartbeat", "client", PATIENCE)) {
                long before = etcd.raftProposals();
                for (int i = 0; i < PAIRS; i++) {
                    assertThat(hold.heartbeat()).isTrue();
                }
                assertThat(etcd.raftProposals() - before).isZero();
            }
        });
    }

    @Test
    void aLockInMemoryAllocatesLittle() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        using("memory:", locks -> {
            double least = Double.MAX_VALUE;
            // Code that isn't compiled by the optimising compiler yet allocates more, and on a busy machine that comes
            // late.
            for (int round = 0; round < 20 && least > MEMORY_BYTES; round++) {
                lockAndRelease(locks, 20_000);
                long before = threads.getCurrentThreadAllocatedBytes();
                lockAndRelease(locks, 20_000);
                least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 20_000.0);
            }
            assertThat(least).isLessThanOrEqualTo(MEMORY_BYTES);
        });
    }

    @Test
    void waitersCostNoThreads() throws Exception {
        for (String uri : List.of("memory:", redis.uri(), etcdUri())) {
            using(uri, CostTest::requireNoThreadPerWaiter);
        }
    }

    private static void requireNoThreadPerWaiter(DistributedLock locks) throws Exception {
        LockHandle hold = locks.acquire("waiters", "holder", PATIENCE);
        // The first waiter may open what all share.
        List<CompletableFuture<?>> waiters = new ArrayList<>();
        waiters.add(locks.acquireAsync("waiters", "waiter", PATIENCE).thenAccept(LockHandle::close));
        awaitWaiters(locks, 1);
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        for (int i = 1; i < WAITERS; i++) {
            waiters.add(locks.acquireAsync("waiters", "waiter-" + i, PATIENCE).thenAccept(LockHandle::close));
        }
        awaitWaiters(locks, WAITERS);
        // Some to spare: the common pool and the servers' clients grow when they like.
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - before)
                .isLessThan(WAITERS / 10);
        hold.close();
        for (CompletableFuture<?> waiter : waiters) {
            waiter.get(30, TimeUnit.SECONDS);
        }
    }

    private static void awaitWaiters(DistributedLock locks, int count) throws InterruptedException {
        // Only the store can tell, so it is asked until it says so.
        while (locks.inspect("waiters").orElseThrow().waiters() < count) {
            Thread.sleep(5);
        }
    }

    private static double pairs(String uri, Counter counter) throws Exception {
        double[] result = new double[1];
        using(uri, locks -> {
            // The first loads scripts and fills pools.
            lockAndRelease(locks, 5);
            double before = counter.count();
            lockAndRelease(locks, PAIRS);
            result[0] = (counter.count() - before) / PAIRS;
        });
        return result[0];
    }

    private static double contendedGrants(String uri, Counter counter) throws Exception {
        double[] result = new double[1];
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            using(uri, locks -> {
                crowd(locks, threads, 5);
                double before = counter.count();
                crowd(locks, threads, PAIRS);
                result[0] = (counter.count() - before) / (THREADS * PAIRS);
            });
        } finally {
            threads.shutdownNow();
        }
        return result[0];
    }

    private static void crowd(DistributedLock locks, ExecutorService threads, int grants) throws Exception {
        List<Future<?>> working = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            String client = "client-" + i;
            working.add(threads.submit(() -> {
                for (int grant = 0; grant < grants; grant++) {
                    locks.acquire("contended", client, PATIENCE).close();
                }
                return null;
            }));
        }
        for (Future<?> work : working) {
            work.get(30, TimeUnit.SECONDS);
        }
    }

    private static void lockAndRelease(DistributedLock locks, int pairs) throws InterruptedException {
        for (int i = 0; i < pairs; i++) {
            locks.acquire("resource-" + (i & 15), "client", PATIENCE).close();
        }
    }

    private static void using(String uri, Use use) throws Exception {
        try (DistributedLock locks = open(uri)) {
            use.with(locks);
        }
    }

    /** What a busy machine answers late would be asked again, and counted. */
    private static DistributedLock open(String uri) {
        return uri.equals(redis.uri())
                ? RedisLocks.builder(uri)
                        .answerTimeout(PATIENCE)
                        .connectTimeout(PATIENCE)
                        .build()
                : Locks.open(uri);
    }

    private static String etcdUri() {
        return "etcd://" + URI.create(etcd.uri()).getAuthority();
    }

    private static Counter scripts() {
        return () -> sum(SCRIPTS);
    }

    private static Counter commands() {
        return () -> sum(COMMANDS);
    }

    private static double sum(Pattern pattern) {
        double sum = 0;
        Matcher matcher = pattern.matcher(String.valueOf(redis.command("INFO", "commandstats")));
        while (matcher.find()) {
            sum += Double.parseDouble(matcher.group(1));
        }
        return sum;
    }
}
