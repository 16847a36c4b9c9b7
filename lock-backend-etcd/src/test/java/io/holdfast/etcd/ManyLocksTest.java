package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.testservers.EtcdServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What thousands of holds and waiters cost, by the server's own figures, and what is left of them. */
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ManyLocksTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Duration LONGER_LEASE = Duration.ofSeconds(18);
    /** Handles are renewed at a third of their lease. */
    private static final Duration INTERVAL = LEASE.dividedBy(3);

    private static final int AT_A_TIME = 250;

    private static final String RECEIVED = "grpc_server_msg_received_total";
    private static final String STARTED = "grpc_server_started_total";
    private static final String HANDLED = "grpc_server_handled_total";

    private static final Pattern NOT_OURS = Pattern.compile("ForkJoinPool|process reaper|callbacks|junit|surefire");

    private EtcdServer server;

    @BeforeEach
    void start() {
        server = EtcdServer.builder().dataInMemory().start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private DistributedLock connect(Duration lease) {
        return EtcdLocks.builder()
                .endpoints(server.uri())
                .defaultOptions(LockOptions.defaults().withLease(lease))
                .connect();
    }

    /** One of gRPC's figures for a method, over all the answers that it has had. */
    private static long calls(String metrics, String figure, String method) {
        return metrics.lines()
                .filter(line -> line.startsWith(figure + "{") && line.contains("grpc_method=\"" + method + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static long open(String metrics, String method) {
        return calls(metrics, STARTED, method) - calls(metrics, HANDLED, method);
    }

    /** Many at a time, but fewer than etcd refuses as too many. */
    private static List<LockHandle> acquire(DistributedLock locks, int count) {
        List<LockHandle> held = new ArrayList<>();
        while (held.size() < count) {
            List<CompletableFuture<LockHandle>> asked = new ArrayList<>();
            for (int i = held.size(); i < Math.min(count, held.size() + AT_A_TIME); i++) {
                asked.add(locks.acquireAsync("held-" + i, "client", LONG));
            }
            asked.forEach(each -> held.add(each.join()));
        }
        return held;
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        long begin = System.nanoTime();
        boolean fulfilled = condition.getAsBoolean();
        while (!fulfilled && System.nanoTime() - begin < LIMIT.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(20);
            fulfilled = condition.getAsBoolean();
        }
        assertThat(fulfilled).as("threads: %s", threads()).isTrue();
    }

    /** All but those of the JVM, of JUnit and of the test itself. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !NOT_OURS.matcher(thread.getName()).lookingAt())
                .collect(Collectors.toSet());
    }

    @Test
    void anIdleProcessSendsNoMoreKeepAlivesThanItsLeasesNeed() throws InterruptedException {
        int holds = 1000;
        try (DistributedLock locks = connect(LEASE)) {
            List<LockHandle> held = acquire(locks, holds);
            String before = server.metrics();
            long proposals = server.raftProposals();
            long start = System.nanoTime();
            // Keep-alives come by the clock.
            TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos() * 3 / 2);
            assumeTrue(
                    System.nanoTime() - start < INTERVAL.toNanos() * 2,
                    "this machine was too busy: keep-alives may have come late");
            String after = server.metrics();
            double intervals = (System.nanoTime() - start) / (double) INTERVAL.toNanos();

            long sent = calls(after, RECEIVED, "LeaseKeepAlive") - calls(before, RECEIVED, "LeaseKeepAlive");
            assertThat(sent).isBetween(holds / 2L, (long) (holds * (intervals + 1)));
            // None of keep-alives; on a busy machine, a lease that came to be in doubt while so many were acquired is
            // revoked.
            assertThat(server.raftProposals() - proposals).isLessThan(holds / 100);
            // One for those that somebody waits for, and one for all others.
            assertThat(open(after, "LeaseKeepAlive")).isLessThanOrEqualTo(2);
            assertThat(calls(after, STARTED, "LeaseKeepAlive")).isEqualTo(open(after, "LeaseKeepAlive"));
            assertThat(open(after, "Watch")).isZero();
            assertThat(held).allMatch(LockHandle::isValid);
        }
    }

    @Test
    void nothingIsLeftByAConnectionThatIsClosed() throws Exception {
        Set<Thread> before = threads();
        try (DistributedLock locks = connect(LONG);
                DistributedLock other = connect(LONG)) {
            List<LockHandle> held = acquire(locks, 20);
            List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                waiting.add(other.acquireAsync("held-" + i, "waiter", LONG));
            }
            eventually(() -> open(server.metrics(), "Watch") > 0);
            for (LockHandle hold : held.subList(0, 10)) {
                hold.close();
            }
            waiting.get(0).get(20, TimeUnit.SECONDS);
        }
        // Far sooner than the leases would end.
        eventually(() ->
                server.etcdctl("get", "--prefix", "--keys-only", "holdfast/").isBlank());
        eventually(() -> server.etcdctl("lease", "list").contains("found 0 leases"));
        eventually(() -> open(server.metrics(), "Watch") + open(server.metrics(), "LeaseKeepAlive") == 0);
        assertThat(server.metric("etcd_debugging_mvcc_watcher_total")).isZero();
        eventually(() -> before.containsAll(threads()));
    }

    @Test
    void aThousandWaitersCostNoThread() throws Exception {
        serveAll(1000);
    }

    @Test
    @Tag("long")
    void tenThousandLocksAreHeld() throws InterruptedException {
        try (DistributedLock locks = connect(LONGER_LEASE)) {
            List<LockHandle> held = acquire(locks, 10_000);
            TimeUnit.NANOSECONDS.sleep(LONGER_LEASE.toNanos());
            assertThat(held).allMatch(LockHandle::isValid);
            for (int i = 0; i < held.size(); i += 100) {
                assertThat(held.get(i).heartbeat()).isTrue();
            }
        }
        // What is not released by the end of closing ends with its lease.
        eventually(() ->
                server.etcdctl("get", "--prefix", "--keys-only", "holdfast/").isBlank());
    }

    private void serveAll(int count) throws Exception {
        ExecutorService callbacks = Executors.newSingleThreadExecutor(task -> new Thread(task, "callbacks"));
        try (DistributedLock locks = EtcdLocks.builder()
                .endpoints(server.uri())
                // A thousand requests that begin at the same time can take a busy machine longer than the default.
                .answerTimeout(LIMIT)
                .callbackExecutor(callbacks)
                .connect()) {
            LockHandle hold = locks.acquire("wanted", "holder", LONG);
            CompletableFuture<LockHandle> one = locks.acquireAsync("wanted", "one", LONG);
            eventually(() -> locks.inspect("wanted").orElseThrow().waiters() == 1);
            Set<Thread> withOne = threads();
            AtomicLong last = new AtomicLong(hold.fencingToken());
            List<CompletableFuture<Void>> served = new ArrayList<>();
            served.add(one.thenAccept(turn -> next(turn, last)));
            for (int i = 1; i < count; i++) {
                served.add(locks.acquireAsync("wanted", "client-" + i, LONG).thenAccept(turn -> next(turn, last)));
            }
            eventually(() -> locks.inspect("wanted").orElseThrow().waiters() == count);
            assertThat(withOne).containsAll(threads());
            hold.close();
            CompletableFuture.allOf(served.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            assertThat(withOne).containsAll(threads());
        } finally {
            callbacks.shutdown();
        }
    }

    private static void next(LockHandle turn, AtomicLong last) {
        assertThat(turn.fencingToken()).isGreaterThan(last.getAndSet(turn.fencingToken()));
        turn.close();
    }
}
