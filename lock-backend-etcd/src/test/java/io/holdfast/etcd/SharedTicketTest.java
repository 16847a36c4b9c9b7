package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.SystemTime;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.testservers.EtcdServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One client, by whichever process it asks, has one ticket. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SharedTicketTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final long LEASE = 20_000;

    private static EtcdServer server;
    private static SystemTime time;
    /** Two connections are two processes, as far as etcd knows. */
    private static EtcdBackend one;

    private static EtcdBackend another;

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
        time = new SystemTime();
        one = EtcdFixture.connect(List.of(server.uri()), time, time, () -> {});
        another = EtcdFixture.connect(List.of(server.uri()), time, time, () -> {});
    }

    @AfterAll
    static void stop() {
        one.close();
        another.close();
        time.close();
        server.close();
    }

    private static AcquireRequest request(long id, String resource, String client) {
        return request(id, resource, client, LEASE);
    }

    private static AcquireRequest request(long id, String resource, String client, long leaseMillis) {
        return new AcquireRequest(id, resource, client, leaseMillis, LONG.toNanos(), time.read());
    }

    private static Grant acquire(EtcdBackend process, AcquireRequest request) throws Exception {
        return (Grant) answer(process.acquire(request));
    }

    private static CompletableFuture<Optional<Grant>> queue(EtcdBackend process, AcquireRequest request)
            throws Exception {
        AcquireReply.Queued queued = (AcquireReply.Queued) answer(process.acquire(request));
        return queued.grant().toCompletableFuture();
    }

    private static <T> T answer(CompletionStage<T> future) throws Exception {
        return future.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static String tickets(String resource) {
        return server.etcdctl("get", "--prefix", "--keys-only", "holdfast/" + resource + "/");
    }

    @Test
    void aHoldIsOneKey() throws Exception {
        Grant hold = acquire(one, request(1, "one key", "a client/of %"));
        assertThat(server.etcdctl("get", "--prefix", "--keys-only", "holdfast/one key"))
                .isEqualToIgnoringWhitespace("holdfast/one key/=a client%2Fof %25");
        assertThat(answer(one.release(hold))).isTrue();
        assertThat(tickets("one key")).isBlank();
    }

    @Test
    void aTurnComesToAllProcessesThatWaitWithTheTicket() throws Exception {
        Grant hold = acquire(one, request(1, "turn", "holder"));
        CompletableFuture<Optional<Grant>> first = queue(one, request(2, "turn", "client"));
        CompletableFuture<Optional<Grant>> second = queue(another, request(3, "turn", "client"));
        assertThat(answer(one.inspect("turn")).orElseThrow().waiters()).isEqualTo(1);
        assertThat(answer(one.release(hold))).isTrue();
        Grant shared = answer(first).orElseThrow();
        assertThat(answer(second).orElseThrow().token()).isEqualTo(shared.token());
        assertThat(answer(another.release(shared))).isTrue();
        assertThat(answer(one.release(shared))).isFalse();
        assertThat(tickets("turn")).isBlank();
    }

    @Test
    void whoGivesUpLeavesTheTicketToTheProcessThatJoinedLater() throws Exception {
        Grant hold = acquire(one, request(1, "left", "holder"));
        AcquireRequest impatient = request(2, "left", "client");
        CompletableFuture<Optional<Grant>> withdrawn = queue(one, impatient);
        CompletableFuture<Optional<Grant>> patient = queue(another, request(3, "left", "client"));
        answer(one.withdraw(impatient));
        assertThat(answer(one.inspect("left")).orElseThrow().waiters()).isEqualTo(1);
        assertThat(answer(one.release(hold))).isTrue();
        assertThat(answer(another.release(answer(patient).orElseThrow()))).isTrue();
        assertThat(withdrawn).isNotDone();
        assertThat(tickets("left")).isBlank();
    }

    @Test
    void whoGivesUpLastTakesTheTicketAway() throws Exception {
        Grant hold = acquire(one, request(1, "last", "holder"));
        AcquireRequest earlier = request(2, "last", "client");
        AcquireRequest later = request(3, "last", "client");
        List<CompletableFuture<?>> withdrawn = List.of(queue(one, earlier), queue(another, later));
        answer(another.withdraw(later));
        assertThat(answer(one.inspect("last")).orElseThrow().waiters()).isEqualTo(1);
        answer(one.withdraw(earlier));
        assertThat(answer(one.inspect("last")).orElseThrow().waiters()).isZero();
        assertThat(answer(one.release(hold))).isTrue();
        assertThat(withdrawn).noneMatch(CompletableFuture::isDone);
        assertThat(tickets("last")).isBlank();
    }

    @Test
    void aHoldThatAnotherProcessSharesIsRenewedByBoth() throws Exception {
        Grant hold = acquire(one, request(1, "renewed", "client"));
        Grant shared = acquire(another, request(2, "renewed", "client"));
        assertThat(shared.token()).isEqualTo(hold.token());
        assertThat(answer(one.renew(List.of(hold))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(answer(another.renew(List.of(shared))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(answer(one.release(hold))).isTrue();
        assertThat(answer(another.renew(List.of(shared))).get(0)).isInstanceOf(RenewOutcome.Lost.class);
    }

    @Test
    void eachHasALeaseAsLongAsItAskedForThoughTheOtherAskedForLess() throws Exception {
        Grant hold = acquire(one, request(1, "longer", "holder"));
        CompletableFuture<Optional<Grant>> shorter = queue(one, request(2, "longer", "client"));
        CompletableFuture<Optional<Grant>> longer = queue(another, request(3, "longer", "client", 2 * LEASE));
        assertThat(answer(one.release(hold))).isTrue();
        Grant granted = answer(longer).orElseThrow();
        assertThat(granted.leaseMillis()).isEqualTo(2 * LEASE);
        assertThat(answer(shorter).orElseThrow().leaseMillis()).isGreaterThanOrEqualTo(LEASE);
        assertThat(answer(one.renew(List.of(granted))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(answer(another.renew(List.of(granted))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(answer(one.release(granted))).isTrue();
        assertThat(tickets("longer")).isBlank();
    }
}
