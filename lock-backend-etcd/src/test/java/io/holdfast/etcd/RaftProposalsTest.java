package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.testservers.EtcdServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What locks cost the cluster: each Raft proposal is a write to the disk of every node. */
@Execution(ExecutionMode.SAME_THREAD)
class RaftProposalsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final LockOptions UNRENEWED =
            LockOptions.defaults().withLease(LONG).withAutoRenewal(false);
    private static final int ROUNDS = 50;
    private static final int THREADS = 8;

    private static EtcdServer server;

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anAcquireAndItsReleaseAreTwoProposals() throws InterruptedException {
        try (DistributedLock locks = EtcdLocks.connect(server.uri())) {
            locks.acquire("warm", "client", LONG).close();
            long before = server.raftProposals();
            for (int i = 0; i < ROUNDS; i++) {
                locks.acquire("resource-" + i, "client", LONG).close();
            }
            assertThat(server.raftProposals() - before).isEqualTo(2 * ROUNDS);
        }
    }

    @Test
    void aTryAndItsReleaseAreTwoProposals() throws InterruptedException {
        try (DistributedLock locks = EtcdLocks.connect(server.uri())) {
            locks.acquire("warm", "client", LONG).close();
            long before = server.raftProposals();
            for (int i = 0; i < ROUNDS; i++) {
                locks.tryAcquire("resource-" + i, "client").orElseThrow().close();
            }
            assertThat(server.raftProposals() - before).isEqualTo(2 * ROUNDS);
        }
    }

    @Test
    void aHeartbeatIsNone() throws InterruptedException {
        try (DistributedLock locks = EtcdLocks.connect(server.uri());
                LockHandle hold = locks.acquire("resource", "client", LONG)) {
            long before = server.raftProposals();
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(hold.heartbeat()).isTrue();
            }
            assertThat(server.raftProposals() - before).isZero();
        }
    }

    @Test
    void holdsInQuickSuccessionNeedHardlyAnyKeepAlives() throws InterruptedException {
        try (DistributedLock locks = EtcdLocks.connect(server.uri())) {
            locks.acquire("warm", "client", LONG).close();
            long before = keepAlives();
            long start = System.nanoTime();
            for (int i = 0; i < ROUNDS; i++) {
                try (LockHandle hold = locks.acquire("quick-" + i, "client", LONG)) {
                    assertThat(hold.remaining()).isGreaterThan(hold.lease().minusSeconds(15));
                }
            }
            Duration passed = Duration.ofNanos(System.nanoTime() - start);
            // Each second one for the hold and one for the lease while it is idle.
            assertThat(keepAlives() - before).isLessThanOrEqualTo(2 + 2 * passed.toSeconds());
        }
    }

    @Test
    void aRefusedTryIsOneTransactionAndOneLookAtTheLease() throws InterruptedException {
        try (DistributedLock locks = EtcdLocks.connect(server.uri());
                LockHandle hold = locks.acquire("refused", "holder", Duration.ZERO, UNRENEWED)) {
            assertThat(locks.tryAcquire("refused", "client")).isEmpty();
            long transactions = received("Txn");
            long looks = received("LeaseTimeToLive");
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(locks.tryAcquire("refused", "client")).isEmpty();
            }
            assertThat(received("Txn") - transactions).isEqualTo(ROUNDS);
            assertThat(received("LeaseTimeToLive") - looks).isEqualTo(ROUNDS);
            assertThat(hold.isValid()).isTrue();
        }
    }

    @Test
    void whoQueuesUpForALongLeaseDoesNotLookAtTheHoldersLease() throws Exception {
        try (SystemTime time = new SystemTime();
                EtcdBackend backend = EtcdFixture.connect(List.of(server.uri()), time, time, () -> {})) {
            long lease = LONG.toMillis();
            long now = time.read();
            backend.acquire(new AcquireRequest(1, "long", "holder", lease, 0, now))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            long looks = received("LeaseTimeToLive");
            AcquireRequest waiting = new AcquireRequest(2, "long", "client", lease, LONG.toNanos(), now);
            assertThat(backend.acquire(waiting).toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .isInstanceOf(AcquireReply.Queued.class);
            assertThat(received("LeaseTimeToLive") - looks).isZero();
        }
    }

    private static long keepAlives() {
        return received("LeaseKeepAlive");
    }

    private static long received(String method) {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith("grpc_server_msg_received_total")
                        && line.contains("grpc_method=\"" + method + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void aContendedGrantIsHardlyMoreThanTwo() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (DistributedLock locks = EtcdLocks.connect(server.uri())) {
            contend(locks, threads, 2);
            long before = server.raftProposals();
            contend(locks, threads, ROUNDS);
            long grants = (long) THREADS * ROUNDS;
            assertThat((server.raftProposals() - before) / (double) grants).isBetween(2.0, 2.1);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void contend(DistributedLock locks, ExecutorService threads, int rounds) throws Exception {
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            String client = "client-" + i;
            work.add(() -> {
                for (int round = 0; round < rounds; round++) {
                    locks.acquire("contended", client, LONG).close();
                }
                return null;
            });
        }
        for (Future<Void> done : threads.invokeAll(work)) {
            done.get();
        }
    }
}
