package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.Locks;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.testservers.EtcdCluster;
import io.holdfast.testservers.EtcdServer;
import io.holdfast.testservers.TcpProxy;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong is said clearly, in time, and without a password. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EtcdFailuresTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(3);

    @Test
    void userAndPasswordAreNeededAndTheTokenIsRenewed() throws Exception {
        try (EtcdServer server = EtcdServer.builder()
                .dataInMemory()
                .options("--auth-token-ttl=1")
                .start()) {
            server.etcdctl("user", "add", "root:s3cret-root");
            server.etcdctl("user", "grant-role", "root", "root");
            server.etcdctl("auth", "enable");
            String uri = "127.0.0.1:" + server.port();

            assertThatThrownBy(() -> Locks.open("etcd://root:wr0ng-one@" + uri))
                    .isInstanceOf(LockBackendException.class)
                    .hasMessageContaining("refuses the user or the password")
                    .hasStackTraceContaining("INVALID_ARGUMENT")
                    .satisfies(failure -> assertThat(failure.toString()).doesNotContain("wr0ng-one"));
            try (DistributedLock locks = Locks.open("etcd://root:s3cret-root@" + uri)) {
                LockHandle hold = locks.acquire("resource", "client", LONG);
                CompletableFuture<LockHandle> waiting = locks.acquireAsync("resource", "waiting", LONG);
                // The server forgets tokens by its own clock.
                TimeUnit.MILLISECONDS.sleep(2500);
                assertThat(locks.tryAcquire("resource", "other")).isEmpty();
                hold.close();
                waiting.get(20, TimeUnit.SECONDS).close();
                locks.acquire("resource", "other", LONG).close();
            }
        }
    }

    @Test
    void aFullStoreIsSaidToBe() throws Exception {
        try (EtcdServer server = EtcdServer.builder()
                .dataInMemory()
                .options("--quota-backend-bytes=2097152")
                .start()) {
            try (DistributedLock locks = EtcdLocks.connect(server.uri())) {
                LockHandle hold = locks.acquire("resource", "client", LONG);
                fill(server);
                LockBackendException failure = catchThrowableOfType(
                        LockBackendException.class, () -> locks.acquire("another", "client", Duration.ofSeconds(2)));
                assertThat(failure).hasMessageContaining("out of space");
                assertThat(failure.outcomeKnown()).isTrue();
                assertThat(hold.heartbeat()).isTrue();
            }
        }
    }

    @Test
    void theDocumentedPermissionsAreEnough() throws Exception {
        try (EtcdServer server = EtcdServer.builder().dataInMemory().start()) {
            server.etcdctl("user", "add", "root:s3cret-root");
            server.etcdctl("user", "grant-role", "root", "root");
            server.etcdctl("role", "add", "locker");
            server.etcdctl("role", "grant-permission", "locker", "readwrite", "--prefix=true", "holdfast/");
            server.etcdctl("user", "add", "ann:s3cret-ann");
            server.etcdctl("user", "grant-role", "ann", "locker");
            server.etcdctl("auth", "enable");
            String uri = "etcd://ann:s3cret-ann@127.0.0.1:" + server.port();
            try (DistributedLock locks = Locks.open(uri);
                    DistributedLock others = Locks.open(uri)) {
                LockHandle hold = locks.acquire("resource", "client", LONG);
                CompletableFuture<LockHandle> first = others.acquireAsync("resource", "first", LONG);
                CompletableFuture<LockHandle> second = locks.acquireAsync("resource", "second", LONG);
                while (locks.inspect("resource").map(LockInfo::waiters).orElse(0) < 2) {
                    assertThat(first).isNotDone();
                    assertThat(second).isNotDone();
                }
                assertThat(hold.heartbeat()).isTrue();
                assertThat(others.release("resource", "client")).isTrue();
                CompletableFuture.anyOf(first, second).get(20, TimeUnit.SECONDS);
                (first.isDone() ? first : second).join().close();
                (first.isDone() ? second : first).get(20, TimeUnit.SECONDS).close();
            }
            assertThatThrownBy(() -> {
                        try (DistributedLock elsewhere = Locks.open(uri + "/elsewhere")) {
                            elsewhere.acquire("resource", "client", LONG).close();
                        }
                    })
                    .isInstanceOf(LockBackendException.class)
                    .hasMessageContaining("etcd denies the permission");
        }
    }

    private static void fill(EtcdServer server) {
        String large = "x".repeat(100_000);
        try {
            for (int i = 0; i < 60; i++) {
                server.etcdctl("put", "fill-" + i, large);
            }
        } catch (RuntimeException full) {
            assertThat(full).hasStackTraceContaining("database space exceeded");
        }
    }

    @Test
    void aRequestThatIsTooLargeForTheServerIsSaidToBe() throws Exception {
        try (EtcdServer server = EtcdServer.builder()
                        .dataInMemory()
                        .options("--max-request-bytes=1500")
                        .start();
                DistributedLock locks = EtcdLocks.connect(server.uri())) {
            LockBackendException failure = catchThrowableOfType(
                    LockBackendException.class, () -> locks.acquire("x".repeat(1000), "client", LONG));
            assertThat(failure).hasMessageContaining("refuses the request as too large");
            assertThat(failure.outcomeKnown()).isTrue();
            locks.acquire("x", "client", LONG).close();
        }
    }

    @Test
    void aWaiterIsWokenThoughWhatItMissedHasBeenCompacted() throws Exception {
        try (EtcdServer server = EtcdServer.builder().dataInMemory().start();
                TcpProxy way = TcpProxy.to(server);
                DistributedLock holder = EtcdLocks.connect(server.uri());
                DistributedLock waiter = EtcdLocks.builder()
                        .endpoints("127.0.0.1:" + way.port())
                        .answerTimeout(ANSWER)
                        .connect()) {
            LockHandle hold = holder.acquire("compacted", "holder", LONG);
            CompletableFuture<LockHandle> waiting = waiter.acquireAsync("compacted", "waiter", LONG);
            while (holder.inspect("compacted").map(LockInfo::waiters).orElse(0) < 1) {
                assertThat(waiting).isNotDone();
            }
            compact(server);
            assertThat(waiting).isNotDone();
            way.refuse();
            hold.close();
            compact(server);
            way.restore();
            try (LockHandle turn = waiting.get(20, TimeUnit.SECONDS)) {
                assertThat(turn.fencingToken()).isGreaterThan(hold.fencingToken());
            }
        }
    }

    /** Has the server forget all revisions but the present one. */
    private static void compact(EtcdServer server) {
        String answer = server.etcdctl("put", "another", "value", "-w", "json");
        Matcher revision = Pattern.compile("\"revision\":(\\d+)").matcher(answer);
        assertThat(revision.find()).isTrue();
        server.etcdctl("compact", revision.group(1));
    }

    @Test
    void aClusterWithoutQuorumFailsInTimeAndComesBack() throws Exception {
        // Elections as etcd is delivered: none comes of a busy machine.
        try (EtcdCluster cluster = EtcdCluster.start(
                3, node -> node.dataInMemory().timing(Duration.ofMillis(100), Duration.ofSeconds(1)))) {
            try (DistributedLock locks = EtcdLocks.builder()
                    .endpoints(cluster.endpoints().toArray(String[]::new))
                    .answerTimeout(ANSWER)
                    .connect()) {
                LockHandle before = locks.acquire("resource", "client", LONG);
                cluster.nodes().get(0).kill();
                cluster.nodes().get(1).kill();
                long start = System.nanoTime();
                assertThatThrownBy(() -> locks.acquire("another", "client", Duration.ZERO))
                        .isInstanceOf(LockBackendException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(ANSWER.plusSeconds(2));
                cluster.nodes().get(0).restart();
                before.close();
                LockHandle after = eventuallyAcquired(locks, "resource", "other");
                assertThat(after.fencingToken()).isGreaterThan(before.fencingToken());
                after.close();
            }
        }
    }

    @Test
    void aHeartbeatThatAMinorityAnswersProvesNothing() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(
                        3, node -> node.dataInMemory().timing(Duration.ofMillis(100), Duration.ofSeconds(1)));
                SystemTime time = new SystemTime();
                EtcdBackend backend = answeredByAnyNode(cluster, time)) {
            AcquireRequest request = new AcquireRequest(1, "resource", "client", 60_000, 0, time.read());
            Grant hold = (Grant) backend.acquire(request).toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertThat(heartbeat(backend, hold)).isInstanceOf(RenewOutcome.Renewed.class);
            cluster.nodes().get(0).kill();
            cluster.nodes().get(1).kill();
            assertThat(heartbeat(backend, hold)).isInstanceOf(RenewOutcome.Unknown.class);
        }
    }

    /** As a leader that was deposed answers keep-alives until it learns of it, which can't be made to take long. */
    private static EtcdBackend answeredByAnyNode(EtcdCluster cluster, SystemTime time) {
        Settings settings = new Settings();
        settings.endpoints(cluster.endpoints());
        settings.answerTimeout(ANSWER);
        Wire wire = new HookedWire(Connector.wire(settings, time, time)) {
            @Override
            public CompletableFuture<Beat> keepAlive(long lease, boolean urgent) {
                return CompletableFuture.completedFuture(new Beat(time.read(), 61, Long.MAX_VALUE));
            }
        };
        return Connector.backend(wire, settings, time, time, () -> {});
    }

    private static RenewOutcome heartbeat(EtcdBackend backend, Grant hold) throws Exception {
        return backend.renew(List.of(hold))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .get(0);
    }

    /** There may be no leader yet. */
    private static LockHandle eventuallyAcquired(DistributedLock locks, String resource, String client)
            throws InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            try {
                return locks.acquire(resource, client, LONG);
            } catch (LockBackendException noLeader) {
                if (System.nanoTime() - begin > LONG.toNanos()) {
                    throw noLeader;
                }
            }
        }
    }

    @Test
    void aServerThatIsNotEtcdIsSaidNotToBe() throws IOException {
        try (ServerSocket other = new ServerSocket(0)) {
            Thread answering = new Thread(() -> answerHttp(other));
            answering.setDaemon(true);
            answering.start();
            assertThatThrownBy(() -> EtcdLocks.builder()
                            .endpoints("127.0.0.1:" + other.getLocalPort())
                            .answerTimeout(ANSWER.multipliedBy(2))
                            .connect())
                    .isInstanceOf(LockBackendException.class)
                    .hasMessageContaining("does not speak etcd's protocol");
        }
    }

    private static void answerHttp(ServerSocket server) {
        byte[] answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        while (!server.isClosed()) {
            try (Socket connection = server.accept()) {
                connection.getOutputStream().write(answer);
                connection.getOutputStream().flush();
                // To close with something unread would be a reset, by which the answer may be lost.
                connection.getInputStream().readAllBytes();
            } catch (IOException gone) {
                // The client, or the server itself, which the loop sees.
            }
        }
    }
}
