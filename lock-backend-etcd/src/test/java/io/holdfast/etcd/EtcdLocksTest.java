package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
import io.holdfast.Locks;
import io.holdfast.testservers.EtcdServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EtcdLocksTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private static EtcdServer server;

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String uri(String rest) {
        return "etcd://127.0.0.1:" + server.port() + rest;
    }

    @Test
    void aUriOpensLocks() throws InterruptedException {
        try (DistributedLock locks = Locks.open(uri("/by-uri"));
                LockHandle hold = locks.acquire("resource", "client", Duration.ZERO)) {
            assertThat(hold.isValid()).isTrue();
            assertThat(server.etcdctl("get", "--prefix", "--keys-only", "by-uri/resource/"))
                    .contains("by-uri/resource/");
        }
        assertThat(server.etcdctl("get", "--prefix", "--keys-only", "by-uri/")).isBlank();
    }

    @Test
    void severalHostsMayBeNamedAndOneIsEnough() throws InterruptedException {
        try (DistributedLock locks =
                Locks.open("etcd://127.0.0.1:1,127.0.0.1:" + server.port() + ",127.0.0.1:2/several")) {
            locks.acquire("resource", "client", LONG).close();
        }
    }

    @Test
    void prefixesKeepLocksApart() throws InterruptedException {
        try (DistributedLock one = Locks.open(uri("/one"));
                DistributedLock other = Locks.open(uri("/other"));
                LockHandle hold = one.acquire("resource", "client", Duration.ZERO);
                LockHandle second = other.acquire("resource", "another", Duration.ZERO)) {
            assertThat(hold.isValid()).isTrue();
            assertThat(second.isValid()).isTrue();
        }
    }

    @Test
    void aLeaseIsRoundedUpToSeconds() throws InterruptedException {
        LockOptions options = LockOptions.defaults().withLease(Duration.ofMillis(4001));
        try (DistributedLock locks = Locks.open(uri("/"));
                LockHandle hold = locks.acquire("rounded", "client", Duration.ZERO, options)) {
            assertThat(hold.lease()).isEqualTo(Duration.ofSeconds(5));
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void aReleaseHandsOverToTheNextProcess() throws Exception {
        try (DistributedLock one = Locks.open(uri("/"));
                DistributedLock other = Locks.open(uri("/"))) {
            LockHandle first = one.acquire("handed-over", "first", Duration.ZERO);
            CompletableFuture<LockHandle> second = other.acquireAsync("handed-over", "second", LONG);
            while (one.inspect("handed-over").map(LockInfo::waiters).orElse(0) < 1) {
                assertThat(second).isNotDone();
            }
            first.close();
            try (LockHandle hold = second.get(20, TimeUnit.SECONDS)) {
                assertThat(hold.fencingToken()).isGreaterThan(first.fencingToken());
            }
        }
    }

    @Test
    void nobodyThereIsSaidSo() {
        assertThatThrownBy(() -> EtcdLocks.builder()
                        .endpoints("127.0.0.1:1")
                        .answerTimeout(Duration.ofSeconds(3))
                        .connect())
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("etcd can't be reached");
    }
}
