package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.testservers.EtcdServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a turn is believed that a watch shows, and what it costs etcd to make sure. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TurnsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int WAITERS = 30;

    private static EtcdServer server;
    private static SystemTime time;

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
        time = new SystemTime();
        EtcdFixture.warmUp(List.of(server));
    }

    @AfterAll
    static void stop() {
        time.close();
        server.close();
    }

    private static EtcdBackend connect(UnaryOperator<Wire> hooks) {
        Settings settings = new Settings();
        settings.endpoints(List.of(server.uri()));
        return Connector.backend(hooks.apply(Connector.wire(settings, time, time)), settings, time, time, () -> {});
    }

    private static CompletionStage<AcquireReply> acquire(EtcdBackend backend, long id, String resource, String client) {
        return backend.acquire(new AcquireRequest(id, resource, client, 20_000, LONG.toNanos(), time.read()));
    }

    private static CompletableFuture<Optional<Grant>> queue(
            EtcdBackend backend, long id, String resource, String client) throws Exception {
        AcquireReply.Queued queued = (AcquireReply.Queued) answer(acquire(backend, id, resource, client));
        return queued.grant().toCompletableFuture();
    }

    private static <T> T answer(CompletionStage<T> future) throws Exception {
        return future.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Stream<RequestOp> ranges(TxnRequest request) {
        return Stream.concat(request.getSuccessList().stream(), request.getFailureList().stream())
                .filter(RequestOp::hasRequestRange)
                .filter(read -> !read.getRequestRange().getRangeEnd().isEmpty());
    }

    /** Whether it asks for those before a ticket. */
    private static boolean asksForThoseBefore(TxnRequest request) {
        return ranges(request).anyMatch(read -> read.getRequestRange().getMaxCreateRevision() > 0);
    }

    /** Whether it is a view's reading of its queue. */
    private static boolean readsTheQueue(TxnRequest request) {
        return request.getSuccessCount() == 1
                && request.getFailureCount() == 0
                && ranges(request).anyMatch(read -> read.getRequestRange().getKeysOnly());
    }

    @Test
    void aTurnThatALostEventMakesBelieveIsNotTaken() throws Exception {
        DeafWire deaf = new DeafWire();
        try (EtcdBackend other = connect(wire -> wire);
                EtcdBackend backend = connect(deaf::on)) {
            Grant hold = (Grant) answer(acquire(other, 1, "deaf", "holder"));
            CompletableFuture<Optional<Grant>> waiting = queue(backend, 2, "deaf", "waiting");
            answer(deaf.hasRead);
            deaf.missesPuts = true;
            CompletableFuture<Optional<Grant>> unheard = queue(other, 3, "deaf", "unheard");
            answer(deaf.hasMissed);
            deaf.missesPuts = false;
            CompletableFuture<Optional<Grant>> late = queue(backend, 4, "deaf", "late");

            answer(other.release(hold));
            assertThat(answer(backend.release(answer(waiting).orElseThrow()))).isTrue();
            Grant holding = answer(unheard).orElseThrow();
            CompletableFuture.anyOf(late, deaf.hasBeenCorrected).get(20, TimeUnit.SECONDS);
            assertThat(late).isNotDone();
            assertThat(answer(other.release(holding))).isTrue();
            Grant last = answer(late).orElseThrow();
            assertThat(last.token()).isGreaterThan(holding.token());
            assertThat(answer(backend.release(last))).isTrue();
        }
    }

    @Test
    void hardlyATurnAmongManyHasEtcdReadTheQueue() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        AtomicInteger ranges = new AtomicInteger();
        CompletableFuture<Void> hasReadAhead = new CompletableFuture<>();
        try (EtcdBackend other = connect(wire -> wire);
                EtcdBackend backend = connect(wire -> new HookedWire(wire) {
                    @Override
                    CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                        if (turns.get() > 0) {
                            ranges.addAndGet((int) ranges(request).count());
                            if (readsTheQueue(request)) {
                                hasReadAhead.complete(null);
                            }
                        }
                        return super.answered(request, response);
                    }
                })) {
            Grant hold = (Grant) answer(acquire(other, 1, "many", "holder"));
            List<CompletableFuture<Optional<Grant>>> waiting = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) {
                waiting.add(queue(backend, 2 + i, "many", "client-" + i));
            }
            turns.incrementAndGet();
            answer(other.release(hold));
            // It came before the view's first reading; the next one's turn has the queue read.
            assertThat(answer(backend.release(answer(waiting.get(0)).orElseThrow())))
                    .isTrue();
            for (CompletableFuture<Optional<Grant>> each : waiting.subList(1, WAITERS)) {
                Grant turn = answer(each).orElseThrow();
                answer(hasReadAhead);
                assertThat(answer(backend.release(turn))).isTrue();
            }
            // One at the second turn, one reading for those after it; more only if this process stalls.
            assertThat(ranges).hasValueBetween(1, WAITERS / 3);
        }
    }

    /** Doesn't hear of tickets that come while it misses puts, as if etcd had lost the events. */
    private static final class DeafWire {
        private final CompletableFuture<Void> hasRead = new CompletableFuture<>();
        private final CompletableFuture<Void> hasMissed = new CompletableFuture<>();
        private final CompletableFuture<Void> hasBeenCorrected = new CompletableFuture<>();
        private volatile boolean missesPuts;

        Wire on(Wire wire) {
            return new HookedWire(wire) {
                @Override
                CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                    if (readsTheQueue(request)) {
                        hasRead.complete(null);
                    } else if (asksForThoseBefore(request)
                            && Txns.found(response, 0).isPresent()) {
                        hasBeenCorrected.complete(null);
                    }
                    return super.answered(request, response);
                }

                @Override
                public Watching watch(ByteString queue, WatchListener listener) {
                    return super.watch(queue, new WatchListener() {
                        @Override
                        public void created() {
                            listener.created();
                        }

                        @Override
                        public void events(List<Event> events) {
                            boolean isPut = events.get(0).getType() == Event.EventType.PUT;
                            if (missesPuts && isPut) {
                                hasMissed.complete(null);
                            } else {
                                listener.events(events);
                            }
                        }
                    });
                }
            };
        }
    }
}
