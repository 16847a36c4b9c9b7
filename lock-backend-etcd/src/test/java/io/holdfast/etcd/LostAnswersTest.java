package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.holdfast.LockBackendException;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.testservers.EtcdServer;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of locks when etcd does what it was asked to, and the answer is lost or late. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LostAnswersTest {
    private static final Duration LONG = Duration.ofMinutes(1);

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

    private static EtcdBackend connect(Duration answerTimeout, UnaryOperator<Wire> hooks) {
        Settings settings = new Settings();
        settings.endpoints(List.of(server.uri()));
        settings.answerTimeout(answerTimeout);
        Wire wire = hooks.apply(Connector.wire(settings, time, time));
        return Connector.backend(wire, settings, time, time, () -> {});
    }

    private static AcquireRequest request(long id, String resource, String client, long lease, Duration wait) {
        return new AcquireRequest(id, resource, client, lease, wait.toNanos(), time.read());
    }

    private static <T> T answer(CompletionStage<T> future) throws Exception {
        return future.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static CompletableFuture<TxnResponse> lost() {
        return CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException());
    }

    private static long puts(TxnRequest request) {
        return request.getSuccessList().stream()
                .filter(RequestOp::hasRequestPut)
                .count();
    }

    @Test
    void aHeartbeatSeesALongerLeaseOfTheSameProcessBeforeItsRequestDoes() throws Exception {
        AtomicBoolean isLost = new AtomicBoolean(true);
        CompletableFuture<TxnResponse> loss = new CompletableFuture<>();
        CompletableFuture<Void> moved = new CompletableFuture<>();
        try (EtcdBackend backend = connect(Duration.ofSeconds(5), wire -> new HookedWire(wire) {
            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                boolean isMove = puts(request) == 1 && request.getCompare(0).getModRevision() > 0;
                if (isMove && isLost.getAndSet(false)) {
                    moved.complete(null);
                    return loss;
                }
                return super.answered(request, response);
            }
        })) {
            Grant hold = (Grant) answer(backend.acquire(request(1, "longer", "client", 15_000, Duration.ZERO)));
            CompletionStage<AcquireReply> longer = backend.acquire(request(2, "longer", "client", 40_000, LONG));
            answer(moved);
            CompletionStage<List<RenewOutcome>> heartbeat = backend.renew(List.of(hold));
            // As long as the heartbeat takes, unless it waits for the request to be settled.
            time.schedule(() -> loss.completeExceptionally(Status.UNAVAILABLE.asRuntimeException()), 300_000_000);
            Grant shared = (Grant) answer(longer);
            assertThat(shared.token()).isEqualTo(hold.token());
            assertThat(answer(heartbeat).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(server.etcdctl("get", "--prefix", "--keys-only", "holdfast/longer/"))
                    .isNotBlank();
            assertThat(answer(backend.release(shared))).isTrue();
        }
    }

    @Test
    void aReleaseWhoseAnswerIsLostDoesNotSayWhatEndedTheHold() throws Exception {
        AtomicBoolean isLost = new AtomicBoolean();
        try (EtcdBackend backend = connect(Duration.ofSeconds(5), wire -> new HookedWire(wire) {
            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                return isLost.getAndSet(false) ? lost() : super.answered(request, response);
            }
        })) {
            Grant hold = (Grant) answer(backend.acquire(request(10, "ended", "client", 15_000, Duration.ZERO)));
            isLost.set(true);
            assertThatThrownBy(() -> answer(backend.release(hold)))
                    .hasCauseInstanceOf(LockBackendException.class)
                    .satisfies(failure -> assertThat(((LockBackendException) failure.getCause()).outcomeKnown())
                            .isFalse());
            assertThat(answer(backend.release(hold))).isFalse();
            Grant anew = (Grant) answer(backend.acquire(request(11, "ended", "client", 15_000, Duration.ZERO)));
            isLost.set(true);
            assertThatThrownBy(() -> answer(backend.release(HoldRef.ofClient("ended", "client"))))
                    .hasCauseInstanceOf(LockBackendException.class);
            assertThat(answer(backend.release(anew))).isFalse();
        }
    }

    @Test
    void whoseWaitIsOverIsToldSoWhenNothingIsLeftOfIt() throws Exception {
        CompletableFuture<Void> leaves = new CompletableFuture<>();
        CompletableFuture<Void> mayLeave = new CompletableFuture<>();
        try (EtcdBackend holders = connect(Duration.ofSeconds(5), UnaryOperator.identity());
                EtcdBackend backend = connect(Duration.ofSeconds(5), wire -> new HookedWire(wire) {
                    @Override
                    public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
                        if (request.getSuccessList().stream().noneMatch(RequestOp::hasRequestDeleteRange)) {
                            return super.txn(request, timeoutNanos);
                        }
                        leaves.complete(null);
                        return mayLeave.thenCompose(go -> super.txn(request, timeoutNanos));
                    }
                })) {
            Grant hold = (Grant) answer(holders.acquire(request(20, "over", "holder", 15_000, Duration.ZERO)));
            Duration shortly = Duration.ofMillis(300);
            AcquireReply.Queued queued =
                    (AcquireReply.Queued) answer(backend.acquire(request(21, "over", "client", 15_000, shortly)));
            answer(leaves);
            assertThat(queued.grant().toCompletableFuture()).isNotDone();
            mayLeave.complete(null);
            assertThat(answer(queued.grant())).isEmpty();
            assertThat(answer(holders.inspect("over")).orElseThrow().waiters()).isZero();
            assertThat(answer(holders.release(hold))).isTrue();
        }
    }

    @Test
    void anAcquireOfWhichACopyWentUnansweredIsInDoubtWhateverBecameOfTheLast() throws Exception {
        AtomicBoolean isDown = new AtomicBoolean();
        AtomicBoolean goesDown = new AtomicBoolean(true);
        try (EtcdBackend backend = connect(Duration.ofSeconds(1), wire -> new HookedWire(wire) {
            @Override
            public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
                return isDown.get()
                        ? CompletableFuture.failedFuture(Status.UNAVAILABLE
                                .withCause(new ConnectException("nobody listens"))
                                .asRuntimeException())
                        : super.txn(request, timeoutNanos);
            }

            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                if (puts(request) == 1 && goesDown.getAndSet(false)) {
                    isDown.set(true);
                    return lost();
                }
                return super.answered(request, response);
            }
        })) {
            assertThatThrownBy(() -> answer(backend.acquire(request(1, "in doubt", "client", 20_000, Duration.ZERO))))
                    .hasCauseInstanceOf(LockBackendException.class)
                    .satisfies(failure -> assertThat(((LockBackendException) failure.getCause()).outcomeKnown())
                            .isFalse());
            isDown.set(false);
            // The lease goes at once, and the ticket with it.
            long begin = System.nanoTime();
            while (!server.etcdctl("get", "--prefix", "--keys-only", "holdfast/in doubt/")
                    .isBlank()) {
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
            }
        }
    }

    @Test
    void aTicketThatCouldNotBeConfirmedIsStillAHoldForWhoCameToWaitWithIt() throws Exception {
        AtomicBoolean isCut = new AtomicBoolean(true);
        AtomicBoolean first = new AtomicBoolean(true);
        try (EtcdBackend backend = connect(Duration.ofSeconds(1), wire -> new HookedWire(wire) {
            @Override
            public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
                boolean confirms =
                        request.getCompareCount() > 0 && request.getCompare(0).getModRevision() > 0;
                return isCut.get() && confirms ? lost() : super.txn(request, timeoutNanos);
            }

            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                // So that the ticket is found there by the second copy, with a lease of which nothing is known.
                return puts(request) == 1 && first.getAndSet(false) ? lost() : super.answered(request, response);
            }
        })) {
            AcquireRequest brief = request(1, "unconfirmed", "client", 20_000, Duration.ZERO);
            CompletableFuture<AcquireReply> failing = backend.acquire(brief).toCompletableFuture();
            CompletionStage<AcquireReply> waiting = backend.acquire(request(2, "unconfirmed", "client", 20_000, LONG));
            assertThatThrownBy(() -> answer(failing))
                    .hasCauseInstanceOf(LockBackendException.class)
                    .satisfies(failure -> assertThat(((LockBackendException) failure.getCause()).outcomeKnown())
                            .isFalse());
            AcquireReply.Queued queued = (AcquireReply.Queued) answer(waiting);
            answer(backend.withdraw(brief));
            isCut.set(false);

            assertThat(answer(queued.grant())).isPresent();
            assertThat(answer(backend.release(answer(queued.grant()).orElseThrow())))
                    .isTrue();
        }
    }

    @Test
    void aKeepAliveThatGetsLostIsSentAgainByTheSameRenewal() throws Exception {
        AtomicBoolean isLost = new AtomicBoolean();
        try (EtcdBackend backend = connect(Duration.ofSeconds(5), wire -> new HookedWire(wire) {
            @Override
            public CompletableFuture<Beat> keepAlive(long lease, boolean urgent) {
                return isLost.getAndSet(false)
                        ? CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException())
                        : super.keepAlive(lease, urgent);
            }
        })) {
            Grant hold = (Grant) answer(backend.acquire(request(9, "beat", "client", 15_000, Duration.ZERO)));
            isLost.set(true);
            assertThat(answer(backend.renew(List.of(hold))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(isLost).isFalse();
            assertThat(answer(backend.release(hold))).isTrue();
        }
    }

    @Test
    void aTryIsRefusedAlsoIfTheRestOfTheHoldersLeaseCannotBeRead() throws Exception {
        try (EtcdBackend other = connect(Duration.ofSeconds(5), wire -> wire);
                EtcdBackend backend = connect(Duration.ofSeconds(1), wire -> new HookedWire(wire) {
                    @Override
                    public CompletableFuture<Long> timeToLive(long lease, long timeoutNanos) {
                        return CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException());
                    }
                })) {
            Grant held = (Grant) answer(other.acquire(request(7, "mute", "holder", 15_000, Duration.ZERO)));
            AcquireReply.Held refusal =
                    (AcquireReply.Held) answer(backend.acquire(request(8, "mute", "client", 15_000, Duration.ZERO)));
            assertThat(refusal.holder().client()).isEqualTo("holder");
            assertThat(refusal.holder().fencingToken()).isEqualTo(held.token());
            assertThat(answer(other.release(held))).isTrue();
        }
    }

    @Test
    void aTryIsRefusedByWhoHeldWhenItWasMade() throws Exception {
        AtomicReference<@Nullable Grant> hold = new AtomicReference<>();
        try (EtcdBackend other = connect(Duration.ofSeconds(5), wire -> wire);
                EtcdBackend backend = connect(Duration.ofSeconds(5), wire -> new HookedWire(wire) {
                    @Override
                    CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                        Grant held = hold.get();
                        return response.getSucceeded() || held == null
                                ? super.answered(request, response)
                                : other.release(held)
                                        .thenApply(released -> response)
                                        .toCompletableFuture();
                    }
                })) {
            Grant held = (Grant) answer(other.acquire(request(7, "gone", "holder", 15_000, Duration.ZERO)));
            hold.set(held);
            AcquireReply.Held refusal =
                    (AcquireReply.Held) answer(backend.acquire(request(8, "gone", "client", 15_000, Duration.ZERO)));
            assertThat(refusal.holder().client()).isEqualTo("holder");
            assertThat(refusal.holder().fencingToken()).isEqualTo(held.token());
            assertThat(refusal.holder().remaining()).isBetween(Duration.ZERO, Duration.ofSeconds(15));
            assertThat(answer(other.inspect("gone"))).isEmpty();
        }
    }

    @Test
    void aTicketThatIsInDoubtIsForgottenOnceEtcdAnswers() throws Exception {
        AtomicBoolean isCut = new AtomicBoolean(true);
        try (EtcdBackend backend = connect(Duration.ofSeconds(3), wire -> new HookedWire(wire) {
            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                return isCut.get() && puts(request) > 0 ? lost() : super.answered(request, response);
            }

            @Override
            CompletableFuture<Void> revoking(long timeoutNanos, LongFunction<CompletableFuture<Void>> send) {
                return isCut.get()
                        ? CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException())
                        : super.revoking(timeoutNanos, send);
            }
        })) {
            AcquireRequest request = request(1, "doubt", "client", 2_000, Duration.ZERO);
            assertThatThrownBy(() -> answer(backend.acquire(request))).hasMessageContaining("the acquire of 'doubt'");
            assertThatThrownBy(() -> answer(backend.withdraw(request))).hasMessageContaining("revocation");
            // Until the revocation that began with the doubt has failed, too.
            TimeUnit.MILLISECONDS.sleep(3200);
            isCut.set(false);
            // It is tried again at the intervals of a lease.
            while (backend.size() > 0) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            assertThat(server.etcdctl("get", "--prefix", "--keys-only", "holdfast/doubt/"))
                    .isBlank();
        }
    }

    @Test
    void aLeaseInDoubtIsRevokedBeforeItsClientHoldsAnything() throws Exception {
        AtomicBoolean isCut = new AtomicBoolean(true);
        try (EtcdBackend backend = connect(Duration.ofSeconds(1), wire -> new HookedWire(wire) {
            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                return isCut.get() && puts(request) > 0 ? lost() : super.answered(request, response);
            }

            @Override
            CompletableFuture<Void> revoking(long timeoutNanos, LongFunction<CompletableFuture<Void>> send) {
                return isCut.get()
                        ? CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException())
                        : super.revoking(timeoutNanos, send);
            }
        })) {
            AcquireRequest first = request(1, "revoked", "client", 20_000, Duration.ZERO);
            assertThatThrownBy(() -> answer(backend.acquire(first))).hasMessageContaining("the acquire of 'revoked'");
            // Until the revocation that began with the doubt has failed, too.
            TimeUnit.MILLISECONDS.sleep(1200);
            isCut.set(false);
            Grant hold = (Grant) answer(backend.acquire(request(2, "revoked", "client", 20_000, Duration.ZERO)));
            answer(backend.withdraw(first));
            assertThat(answer(backend.renew(List.of(hold))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(answer(backend.inspect("revoked")).orElseThrow().fencingToken())
                    .isEqualTo(hold.token());
            assertThat(answer(backend.release(hold))).isTrue();
        }
    }

    @Test
    void aWaitThatCouldNotBeWithdrawnEndsOnceEtcdAnswers() throws Exception {
        AtomicBoolean isCut = new AtomicBoolean();
        try (EtcdBackend backend = connect(Duration.ofSeconds(3), wire -> new HookedWire(wire) {
            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                return isCut.get() ? lost() : super.answered(request, response);
            }

            @Override
            public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
                return isCut.get() ? lost() : super.txn(request, timeoutNanos);
            }
        })) {
            Grant hold = (Grant) answer(backend.acquire(request(1, "withdrawal", "holder", 60_000, Duration.ZERO)));
            AcquireRequest waiting = request(2, "withdrawal", "client", 2_000, LONG);
            answer(backend.acquire(waiting));
            isCut.set(true);
            assertThatThrownBy(() -> answer(backend.withdraw(waiting))).hasMessageContaining("the withdrawal");
            isCut.set(false);
            while (answer(backend.inspect("withdrawal")).orElseThrow().waiters() > 0) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            assertThat(answer(backend.release(hold))).isTrue();
        }
    }
}
