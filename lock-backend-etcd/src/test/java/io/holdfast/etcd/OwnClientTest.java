package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcd.jetcd.Client;
import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.testservers.EtcdServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Locks over the application's own client of jetcd. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class OwnClientTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private static EtcdServer server;
    private static Client client;

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
        client = Client.builder().endpoints(server.uri()).build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static DistributedLock connect() {
        return EtcdLocks.builder().client(client).connect();
    }

    @Test
    void excludesAndHandsOver() throws Exception {
        try (DistributedLock own = connect();
                DistributedLock other = EtcdLocks.connect(server.uri())) {
            LockHandle first = own.acquire("handed-over", "first", LONG);
            assertThat(first.heartbeat()).isTrue();
            assertThat(other.tryAcquire("handed-over", "third")).isEmpty();
            CompletableFuture<LockHandle> second = own.acquireAsync("handed-over", "second", LONG);
            while (other.inspect("handed-over").map(LockInfo::waiters).orElse(0) < 1) {
                assertThat(second).isNotDone();
            }
            first.close();
            LockHandle hold = second.get(20, TimeUnit.SECONDS);
            assertThat(hold.fencingToken()).isGreaterThan(first.fencingToken());
            assertThat(own.tryAcquire("handed-over", "fourth")).isEmpty();
            hold.close();
            own.tryAcquire("handed-over", "fifth").orElseThrow().close();
        }
        assertThat(server.etcdctl("get", "--prefix", "--keys-only", "holdfast/"))
                .isBlank();
    }

    @Test
    void aClosedLockLeavesTheClientOpen() throws Exception {
        connect().close();
        try (DistributedLock again = connect()) {
            again.acquire("reopened", "client", LONG).close();
        }
    }

    @Test
    void aClientBringsItsOwnEndpoints() {
        assertThatThrownBy(() -> EtcdLocks.builder()
                        .client(client)
                        .endpoints(server.uri())
                        .connect())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a client brings its own endpoints");
    }
}
