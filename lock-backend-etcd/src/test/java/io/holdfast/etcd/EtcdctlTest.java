package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.testservers.EtcdServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real {@code etcdctl lock}, which is Go's {@code concurrency.Mutex}, and Holdfast exclude each other. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EtcdctlTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private static EtcdServer server;

    private DistributedLock locks;

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() {
        locks = EtcdLocks.connect(server.uri());
    }

    @AfterEach
    void close() {
        locks.close();
    }

    @Test
    void etcdctlWaitsForAHolder() throws Exception {
        LockHandle hold = locks.acquire("kept/from etcdctl", "client", LONG);
        CompletableFuture<String> etcdctl =
                inBackground(() -> server.etcdctl("lock", "holdfast/kept%2Ffrom etcdctl", "echo", "in"));
        awaitWaiters("kept/from etcdctl", 1);
        assertThat(etcdctl).isNotDone();
        hold.close();
        assertThat(etcdctl.get(20, TimeUnit.SECONDS)).contains("in");
    }

    @Test
    void aHolderWaitsForEtcdctl(@TempDir Path folder) throws Exception {
        Path end = folder.resolve("end");
        CompletableFuture<String> etcdctl = inBackground(() -> server.etcdctl(
                "lock",
                "--",
                "holdfast/held-by-etcdctl",
                "sh",
                "-c",
                "while [ ! -e " + end + " ]; do sleep 0.05; done"));
        Optional<LockInfo> hold = Optional.empty();
        while (hold.isEmpty()) {
            assertThat(etcdctl).isNotDone();
            hold = locks.inspect("held-by-etcdctl");
        }
        assertThat(hold.get().status()).isEqualTo(LockStatus.FOREIGN);
        assertThat(hold.get().client()).startsWith("another etcd client, lease ");
        assertThat(hold.get().fencingToken()).isZero();
        assertThat(locks.tryAcquire("held-by-etcdctl", "client")).isEmpty();
        CompletableFuture<LockHandle> waiting = locks.acquireAsync("held-by-etcdctl", "client", LONG);
        awaitWaiters("held-by-etcdctl", 1);
        assertThat(waiting).isNotDone();
        touch(end);
        etcdctl.get(20, TimeUnit.SECONDS);
        waiting.get(20, TimeUnit.SECONDS).close();
    }

    @Test
    void bothStandInOneQueue(@TempDir Path folder) throws Exception {
        Path second = folder.resolve("second");
        Path end = folder.resolve("end");
        LockHandle hold = locks.acquire("one queue", "first", LONG);
        CompletableFuture<String> etcdctl = inBackground(() -> server.etcdctl(
                "lock",
                "--",
                "holdfast/one queue",
                "sh",
                "-c",
                "touch " + second + "; while [ ! -e " + end + " ]; do sleep 0.05; done"));
        awaitWaiters("one queue", 1);
        CompletableFuture<LockHandle> third = locks.acquireAsync("one queue", "third", LONG);
        awaitWaiters("one queue", 2);
        hold.close();
        await(() -> Files.exists(second));
        assertThat(third).isNotDone();
        touch(end);
        etcdctl.get(20, TimeUnit.SECONDS);
        third.get(20, TimeUnit.SECONDS).close();
    }

    @Test
    void anotherProgramsTicketIsNotThatOfAClientWhoIsNamedLikeItsLease() throws Exception {
        String lease = server.etcdctl("lease", "grant", "60").split(" ", 3)[1];
        server.etcdctl("put", "--lease=" + lease, "holdfast/alike/" + lease, "");
        assertThat(locks.tryAcquire("alike", lease)).isEmpty();
        CompletableFuture<LockHandle> waiting = locks.acquireAsync("alike", lease, LONG);
        awaitWaiters("alike", 1);
        assertThat(waiting).isNotDone();
        server.etcdctl("lease", "revoke", lease);
        waiting.get(20, TimeUnit.SECONDS).close();
    }

    /** On a thread of its own: the common pool may have but one. */
    private static CompletableFuture<String> inBackground(Supplier<String> program) {
        return CompletableFuture.supplyAsync(program, task -> new Thread(task).start());
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void awaitWaiters(String resource, int count) {
        while (locks.inspect(resource).map(LockInfo::waiters).orElse(0) < count) {
            Thread.onSpinWait();
        }
    }

    private static void touch(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
