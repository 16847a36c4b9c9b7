package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a waiting client learns of its turn from what it is told of the queue, early, late or never, and what that costs etcd. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TurnsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int FEW = 30;
    private static final int MANY = 90;

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

    /** Whether it is a view's reading of its queue. */
    private static boolean readsTheQueue(TxnRequest request) {
        return request.getSuccessCount() == 1
                && request.getFailureCount() == 0
                && ranges(request).anyMatch(read -> read.getRequestRange().getKeysOnly());
    }

    @Test
    void noTurnAmongFewHasEtcdReadTheQueue() throws Exception {
        assertThat(readingsWhileServing(FEW)).isZero();
    }

    @Test
    void amongManyTheQueueIsReadOnceForAllThatAnAcquireHasNotSeen() throws Exception {
        // More often only if this process stalls for ten seconds.
        assertThat(readingsWhileServing(MANY)).isBetween(1, 3);
    }

    /** How often etcd reads the queue while so many are served, one after the other. */
    private static int readingsWhileServing(int waiters) throws Exception {
        AtomicInteger ranges = new AtomicInteger();
        CompletableFuture<Void> hasRead = new CompletableFuture<>();
        String resource = "served-" + waiters;
        try (EtcdBackend other = connect(wire -> wire);
                EtcdBackend backend = connect(wire -> new HookedWire(wire) {
                    @Override
                    CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                        ranges.addAndGet((int) ranges(request).count());
                        if (readsTheQueue(request)) {
                            hasRead.complete(null);
                        }
                        return super.answered(request, response);
                    }
                })) {
            Grant hold = (Grant) answer(acquire(other, 1, resource, "holder"));
            List<CompletableFuture<Optional<Grant>>> waiting = new ArrayList<>();
            for (int i = 0; i < waiters; i++) {
                waiting.add(queue(backend, 2 + i, resource, "client-" + i));
            }
            answer(hasRead);
            ranges.set(0);
            answer(other.release(hold));
            for (CompletableFuture<Optional<Grant>> each : waiting) {
                assertThat(answer(backend.release(answer(each).orElseThrow()))).isTrue();
            }
            return ranges.get();
        }
    }

    @Test
    void anEndThatIsToldBeforeTheAnswerThatShowsTheTicketCounts() throws Exception {
        CompletableFuture<Void> letIn = new CompletableFuture<>();
        TellTale told = new TellTale();
        try (EtcdBackend other = connect(wire -> wire);
                EtcdBackend backend = connect(wire -> new HookedWire(told.on(wire)) {
                    @Override
                    CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                        boolean isOfLate = request.toString().contains("late");
                        return isOfLate
                                ? letIn.thenCompose(now -> super.answered(request, response))
                                : super.answered(request, response);
                    }
                })) {
            Grant hold = (Grant) answer(acquire(other, 1, "early", "holder"));
            CompletableFuture<Optional<Grant>> waiting = queue(backend, 2, "early", "waiting");
            answer(told.hasBegun);
            CompletionStage<AcquireReply> late = acquire(backend, 3, "early", "late");
            awaitWaiters(other, "early", 2);

            answer(other.release(hold));
            assertThat(answer(backend.release(answer(waiting).orElseThrow()))).isTrue();
            told.awaitEnd();
            told.awaitEnd();
            letIn.complete(null);

            Grant last = answer(((AcquireReply.Queued) answer(late)).grant()).orElseThrow();
            assertThat(answer(backend.release(last))).isTrue();
        }
    }

    @Test
    void anEndThatIsToldLateLeavesTheTicketThatCameAfterItUnderTheSameKey() throws Exception {
        TellTale told = new TellTale();
        try (EtcdBackend other = connect(wire -> wire);
                EtcdBackend backend = connect(told::on)) {
            Grant hold = (Grant) answer(acquire(backend, 1, "again", "client"));
            CompletableFuture<Optional<Grant>> next = queue(other, 2, "again", "next");
            // So that the queue is watched already.
            CompletableFuture<Optional<Grant>> waiting = queue(backend, 3, "again", "waiting");
            answer(told.hasBegun);
            told.isLate = true;
            answer(backend.release(hold));
            Grant nextHold = answer(next).orElseThrow();
            CompletableFuture<Optional<Grant>> again = queue(backend, 4, "again", "client");
            assertThat(told.awaitEnd()).isEqualTo(told.ticketPut);
            told.tell();

            answer(other.release(nextHold));
            assertThat(answer(backend.release(answer(waiting).orElseThrow()))).isTrue();
            Grant last = answer(again).orElseThrow();
            assertThat(last.token()).isGreaterThan(hold.token());
            assertThat(answer(backend.release(last))).isTrue();
        }
    }

    @Test
    void anEndThatIsNeverToldIsSeenByTheNextOneWhoComes() throws Exception {
        TellTale told = new TellTale();
        try (EtcdBackend other = connect(wire -> wire);
                EtcdBackend backend = connect(told::on)) {
            Grant hold = (Grant) answer(acquire(other, 1, "lost", "holder"));
            CompletableFuture<Optional<Grant>> waiting = queue(backend, 2, "lost", "waiting");
            answer(told.hasBegun);
            told.isLate = true;
            answer(other.release(hold));
            told.awaitEnd();
            assertThat(waiting).isNotDone();

            CompletableFuture<Optional<Grant>> late = queue(backend, 3, "lost", "late");
            assertThat(answer(backend.release(answer(waiting).orElseThrow()))).isTrue();
            told.tell();
            assertThat(answer(backend.release(answer(late).orElseThrow()))).isTrue();
        }
    }

    @Test
    void aStoreThatHasLostItsRevisionsIsNotReadOverAndOver() throws Exception {
        AtomicInteger readings = new AtomicInteger();
        try (EtcdBackend other = connect(wire -> wire);
                EtcdBackend backend = connect(wire -> new HookedWire(wire) {
                    @Override
                    CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                        TxnResponse.Builder changed = response.toBuilder();
                        if (readsTheQueue(request)) {
                            readings.incrementAndGet();
                            changed.setHeader(ResponseHeader.newBuilder().setRevision(1));
                        } else if (response.getResponsesCount() > 0
                                && response.getResponses(0).hasResponsePut()) {
                            // Too long a queue for who joins to see it all.
                            changed.getResponsesBuilder(1)
                                    .getResponseRangeBuilder()
                                    .setCount(Txns.START + 1);
                        }
                        return super.answered(request, changed.build());
                    }
                })) {
            Grant hold = (Grant) answer(acquire(other, 1, "restored", "holder"));
            CompletableFuture<Optional<Grant>> waiting = queue(backend, 2, "restored", "waiting");
            // A loop would make some hundred in this time.
            TimeUnit.MILLISECONDS.sleep(300);
            assertThat(readings).hasValueBetween(1, 3);
            answer(other.release(hold));
            assertThat(answer(backend.release(answer(waiting).orElseThrow()))).isTrue();
        }
    }

    private static void awaitWaiters(EtcdBackend backend, String resource, int waiters) throws Exception {
        while (answer(backend.inspect(resource)).orElseThrow().waiters() < waiters) {
            Thread.onSpinWait();
        }
    }

    /** Tells of what has ended, at once or later. */
    private static final class TellTale {
        private final CompletableFuture<Void> hasBegun = new CompletableFuture<>();
        private final BlockingQueue<Event> ends = new LinkedBlockingQueue<>();
        private final List<Runnable> untold = new CopyOnWriteArrayList<>();
        private volatile boolean isLate;
        private volatile ByteString ticketPut = ByteString.EMPTY;

        /** Waits for an end to have come, told or not. */
        ByteString awaitEnd() throws InterruptedException {
            Event end = ends.poll(20, TimeUnit.SECONDS);
            assertThat(end).isNotNull();
            return end.getKv().getKey();
        }

        void tell() {
            isLate = false;
            untold.forEach(Runnable::run);
        }

        Wire on(Wire wire) {
            return new HookedWire(wire) {
                @Override
                CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                    if (readsTheQueue(request)) {
                        hasBegun.complete(null);
                    } else if (request.getSuccessCount() > 0
                            && request.getSuccess(0).hasRequestPut()) {
                        ticketPut = request.getSuccess(0).getRequestPut().getKey();
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
                            assertThat(events).allMatch(event -> event.getType() == Event.EventType.DELETE);
                            if (isLate) {
                                untold.add(() -> listener.events(events));
                            } else {
                                listener.events(events);
                            }
                            ends.addAll(events);
                        }
                    });
                }
            };
        }
    }
}
