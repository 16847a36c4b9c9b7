package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.SystemTime;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.testservers.EtcdServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Several requests of one client, or one that comes several times. */
class RepeatedRequestTest {
    /** Longer than any call may take. */
    private static final Duration LONG_AGO = Duration.ofMinutes(1);

    private static EtcdServer server;
    private static SystemTime time;
    private static EtcdBackend backend;

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
        time = new SystemTime();
        backend = EtcdFixture.connect(List.of(server.uri()), time, time, () -> {});
    }

    @AfterAll
    static void stop() {
        backend.close();
        time.close();
        server.close();
    }

    private static AcquireRequest request(long id, String resource, String client, long lease, Duration wait) {
        return new AcquireRequest(id, resource, client, lease, wait.toNanos(), time.read());
    }

    private static <T> T answer(CompletionStage<T> future) throws Exception {
        return future.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void aRequestThatWasFirstMadeLongAgoIsStillAnswered() throws Exception {
        long startedAt = time.read() - LONG_AGO.toNanos();
        AcquireRequest request = new AcquireRequest(1, "long ago", "client", 60_000, 0, startedAt);
        Grant first = (Grant) answer(backend.acquire(request));
        Grant again = (Grant) answer(backend.acquire(request));
        assertThat(again.token()).isEqualTo(first.token());
    }

    @Test
    void aHoldHasNotTheLeaseOfARequestThatWasWithdrawn() throws Exception {
        AcquireRequest holder = request(10, "withdrawn", "holder", 60_000, Duration.ZERO);
        Grant hold = (Grant) answer(backend.acquire(holder));
        AcquireRequest longer = request(11, "withdrawn", "client", 120_000, LONG_AGO);
        AcquireRequest shorter = request(12, "withdrawn", "client", 60_000, LONG_AGO);
        answer(backend.acquire(longer));
        AcquireReply.Queued waiting = (AcquireReply.Queued) answer(backend.acquire(shorter));
        answer(backend.withdraw(longer));
        answer(backend.release(hold));
        Grant turn = answer(waiting.grant()).orElseThrow();
        assertThat(turn.leaseMillis()).isEqualTo(60_000);
        assertThat(turn.token()).isGreaterThan(hold.token());
        answer(backend.release(turn));
    }

    @Test
    void aHoldHasTheLongestLeaseOfThoseThatWaitForIt() throws Exception {
        AcquireRequest holder = request(20, "longest", "holder", 60_000, Duration.ZERO);
        Grant hold = (Grant) answer(backend.acquire(holder));
        answer(backend.acquire(request(21, "longest", "client", 60_000, LONG_AGO)));
        AcquireRequest longest = request(22, "longest", "client", 120_000, LONG_AGO);
        AcquireReply.Queued waiting = (AcquireReply.Queued) answer(backend.acquire(longest));
        answer(backend.release(hold));
        assertThat(answer(waiting.grant()).orElseThrow().leaseMillis()).isEqualTo(120_000);
    }
}
