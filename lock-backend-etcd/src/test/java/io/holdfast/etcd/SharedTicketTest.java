package io.holdfast.etcd;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.holdfast.LockInfo;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.testservers.EtcdServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
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
    void manyProcessesJoinTheSameTicketAtOnce() throws Exception {
        List<EtcdBackend> processes = new ArrayList<>();
        try {
            for (int i = 0; i < 150; i++) {
                processes.add(EtcdFixture.connect(List.of(server.uri()), time, time, () -> {}));
            }
            List<CompletionStage<AcquireReply>> replies = new ArrayList<>();
            for (int i = 0; i < processes.size(); i++) {
                replies.add(processes.get(i).acquire(request(i, "many", "client")));
            }
            List<Grant> grants = new ArrayList<>();
            for (CompletionStage<AcquireReply> reply : replies) {
                grants.add((Grant) answer(reply));
            }
            assertThat(grants)
                    .extracting(Grant::token)
                    .containsOnly(grants.get(0).token());
            assertThat(answer(one.release(grants.get(0)))).isTrue();
            assertThat(tickets("many")).isBlank();
        } finally {
            processes.forEach(EtcdBackend::close);
        }
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

    private static EtcdBackend connect(UnaryOperator<Wire> hooks) {
        Settings settings = new Settings();
        settings.endpoints(List.of(server.uri()));
        settings.answerTimeout(Duration.ofSeconds(1));
        Wire wire = hooks.apply(Connector.wire(settings, time, time));
        return Connector.backend(wire, settings, time, time, () -> {});
    }

    private static boolean isMove(TxnRequest request) {
        return request.getSuccessCount() > 0
                && request.getSuccess(0).hasRequestPut()
                && request.getCompare(0).getModRevision() > 0;
    }

    private static boolean isWithdrawal(TxnRequest request) {
        return request.getSuccessCount() > 0
                && request.getSuccess(0).hasRequestDeleteRange()
                && request.getCompare(0).getModRevision() > 0;
    }

    @Test
    void whoJoinsWhileTheAnswerToAChangeOfTheLeaseIsLostKeepsTheTicket() throws Exception {
        CompletableFuture<AcquireReply> joined = new CompletableFuture<>();
        try (EtcdBackend changing = connect(wire -> new HookedWire(wire) {
            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                if (!isMove(request) || joined.isDone()) {
                    return super.answered(request, response);
                }
                return another.acquire(request(3, "joined", "client"))
                        .thenCompose(reply -> {
                            joined.complete(reply);
                            return CompletableFuture.<TxnResponse>failedFuture(Status.UNAVAILABLE.asRuntimeException());
                        })
                        .toCompletableFuture();
            }
        })) {
            AcquireRequest shorter = request(1, "joined", "client");
            AcquireRequest longer = request(2, "joined", "client", 2 * LEASE);
            Grant hold = acquire(changing, shorter);
            assertThat(acquire(changing, longer).token()).isEqualTo(hold.token());
            answer(changing.withdraw(shorter));
            answer(changing.withdraw(longer));
            Grant other = (Grant) answer(joined);
            assertThat(answer(another.renew(List.of(other))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(answer(another.release(other))).isTrue();
        }
    }

    @Test
    void aLeaseThatAnotherProcessIsAboutToRevokeServesNoOtherTicket() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        CompletableFuture<Void> revoked = new CompletableFuture<>();
        try (EtcdBackend moving = connect(wire -> new HookedWire(wire) {
            @Override
            CompletableFuture<Void> revoking(long timeoutNanos, LongFunction<CompletableFuture<Void>> send) {
                return gate.thenCompose(open -> send.apply(timeoutNanos))
                        .whenComplete((done, failure) -> revoked.complete(null));
            }
        })) {
            Grant hold = acquire(one, request(1, "moved", "client"));
            assertThat(acquire(moving, request(2, "moved", "client", 2 * LEASE)).token())
                    .isEqualTo(hold.token());
            assertThat(answer(one.release(hold))).isTrue();
            Grant next = acquire(one, request(3, "next", "client"));
            gate.complete(null);
            answer(revoked);
            assertThat(answer(one.renew(List.of(next))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(answer(one.release(next))).isTrue();
        }
    }

    @Test
    void aWithdrawalThatWasGivenUpForLostDoesNotEndWhatTheTicketIsUsedForSince() throws Exception {
        AtomicBoolean isCut = new AtomicBoolean(true);
        AtomicReference<@Nullable TxnRequest> late = new AtomicReference<>();
        AtomicReference<@Nullable Wire> below = new AtomicReference<>();
        try (EtcdBackend backend = connect(wire -> {
            below.set(wire);
            return new HookedWire(wire) {
                @Override
                public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
                    if (isCut.get() && isWithdrawal(request)) {
                        late.set(request);
                        return CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException());
                    }
                    return super.txn(request, timeoutNanos);
                }
            };
        })) {
            AcquireRequest first = request(1, "late", "client");
            Grant hold = acquire(backend, first);
            CompletableFuture<?> withdrawn = backend.withdraw(first).toCompletableFuture();
            Grant again = acquire(backend, request(2, "late", "client"));
            assertThat(withdrawn).isCompletedExceptionally();
            assertThat(again.token()).isEqualTo(hold.token());
            isCut.set(false);
            TxnResponse arrived = answer(requireNonNull(below.get()).txn(requireNonNull(late.get()), 1_000_000_000));
            assertThat(arrived.getSucceeded()).isFalse();
            assertThat(answer(backend.renew(List.of(again))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(answer(backend.release(again))).isTrue();
        }
    }

    @Test
    void aReleaseThatWasGivenUpForLostDoesNotEndWhatTheTicketIsUsedForSince() throws Exception {
        LateRequest late = new LateRequest(SharedTicketTest::isDeletion);
        try (EtcdBackend backend = connect(late::below)) {
            Grant hold = acquire(backend, request(1, "late release", "client"));
            assertThat(backend.release(hold).toCompletableFuture()).failsWithin(LONG);
            Grant again = acquire(backend, request(2, "late release", "client"));
            assertThat(again.token()).isEqualTo(hold.token());

            assertThat(late.arrive().getSucceeded()).isFalse();

            assertThat(answer(backend.renew(List.of(again))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(answer(backend.release(again))).isTrue();
        }
    }

    @Test
    void aChangeOfTheLeaseThatWasGivenUpForLostDoesNotTakeTheTicketOffTheLeaseThatIsKeptAlive() throws Exception {
        LateRequest late = new LateRequest(SharedTicketTest::isMove);
        try (EtcdBackend backend = connect(late::below)) {
            Grant hold = acquire(backend, request(1, "late move", "client"));
            AcquireRequest longer = new AcquireRequest(2, "late move", "client", 2 * LEASE, 0, time.read());
            assertThat(backend.acquire(longer).toCompletableFuture()).failsWithin(LONG);
            late.letPass();
            assertThat(answer(backend.renew(List.of(hold))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);

            assertThat(late.arrive().getSucceeded()).isFalse();

            assertThat(answer(backend.renew(List.of(hold))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(answer(backend.release(hold))).isTrue();
        }
    }

    @Test
    void aTicketThatIsNotWantedIsLeftOnceEtcdAnswers() throws Exception {
        AtomicBoolean isCut = new AtomicBoolean(true);
        try (EtcdBackend backend = connect(wire -> new HookedWire(wire) {
            @Override
            public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
                return isCut.get() && isLeaving(request)
                        ? CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException())
                        : super.txn(request, timeoutNanos);
            }

            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                return isCut.get() && isJoining(request)
                        ? CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException())
                        : super.answered(request, response);
            }
        })) {
            Grant hold = acquire(one, request(1, "not-left", "holder"));
            AcquireRequest waiting = request(2, "not-left", "client");
            CompletableFuture<Optional<Grant>> unused = queue(another, waiting);
            AcquireRequest brief = new AcquireRequest(
                    3, "not-left", "client", LEASE, Duration.ofSeconds(1).toNanos(), time.read());
            assertThat(backend.acquire(brief).toCompletableFuture()).failsWithin(LONG);
            assertThat(backend.withdraw(brief).toCompletableFuture()).failsWithin(LONG);
            isCut.set(false);
            answer(backend.withdraw(brief));
            answer(another.withdraw(waiting));

            assertThat(answer(one.inspect("not-left")).orElseThrow().waiters()).isZero();
            assertThat(answer(one.release(hold))).isTrue();
        }
    }

    @Test
    void aTicketThatWasNotWantedIsNotLeftOnceItIsHeld() throws Exception {
        AtomicBoolean answersAreLost = new AtomicBoolean(true);
        CompletableFuture<Void> leaving = new CompletableFuture<>();
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        try (EtcdBackend backend = connect(wire -> new HookedWire(wire) {
            @Override
            public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
                if (isLeaving(request) && leaving.complete(null)) {
                    return goOn.thenCompose(go -> super.txn(request, timeoutNanos));
                }
                return super.txn(request, timeoutNanos);
            }

            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                return answersAreLost.get() && isJoining(request)
                        ? CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException())
                        : super.answered(request, response);
            }
        })) {
            Grant hold = acquire(one, request(1, "unwanted", "holder"));
            AcquireRequest waiting = request(2, "unwanted", "client");
            CompletableFuture<Optional<Grant>> unused = queue(another, waiting);
            AcquireRequest brief = new AcquireRequest(
                    3, "unwanted", "client", LEASE, Duration.ofSeconds(1).toNanos(), time.read());
            assertThat(backend.acquire(brief).toCompletableFuture()).failsWithin(LONG);
            answer(leaving);
            answer(another.withdraw(waiting));
            assertThat(answer(one.release(hold))).isTrue();
            answersAreLost.set(false);
            CompletableFuture<AcquireReply> anew =
                    backend.acquire(request(4, "unwanted", "client")).toCompletableFuture();
            // If it is granted before the leaving goes on, as it should not be, this is time enough.
            CompletableFuture<?> early = anew.copy().completeOnTimeout(null, 500, TimeUnit.MILLISECONDS);
            answer(early);
            goOn.complete(null);

            Grant granted = (Grant) answer(anew);
            // What was on its way has been answered before this.
            assertThat(answer(backend.inspect("unwanted")).orElseThrow().fencingToken())
                    .isEqualTo(granted.token());
            assertThat(answer(backend.renew(List.of(granted))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(answer(backend.release(granted))).isTrue();
        }
    }

    private static boolean isDeletion(TxnRequest request) {
        return request.getSuccessList().stream().anyMatch(RequestOp::hasRequestDeleteRange);
    }

    /** A change of who shares a ticket, which reads nothing; to leave it does. */
    private static boolean isJoining(TxnRequest request) {
        return isMove(request) && request.getFailureCount() == 0;
    }

    private static boolean isLeaving(TxnRequest request) {
        return isWithdrawal(request) || (isMove(request) && request.getFailureCount() > 0);
    }

    /** Holds back some requests, as a stopped node does that carries them out when it goes on. */
    private static final class LateRequest {
        private final Predicate<TxnRequest> which;
        private volatile boolean passes;
        private volatile @Nullable TxnRequest first;
        private volatile @Nullable Wire wire;

        LateRequest(Predicate<TxnRequest> which) {
            this.which = which;
        }

        Wire below(Wire real) {
            wire = real;
            return new HookedWire(real) {
                @Override
                public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
                    if (passes || !which.test(request)) {
                        return super.txn(request, timeoutNanos);
                    }
                    first = first == null ? request : first;
                    return CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException());
                }
            };
        }

        void letPass() {
            passes = true;
        }

        /** Carries out the first request that was held back. */
        TxnResponse arrive() throws Exception {
            letPass();
            return answer(requireNonNull(wire).txn(requireNonNull(first), 1_000_000_000));
        }
    }

    @Test
    void aTurnIsNotPutOffSinceAnotherProcessHasJoined() throws Exception {
        AtomicInteger pauses = new AtomicInteger();
        try (EtcdBackend first = connect(wire -> new HookedWire(wire) {
            @Override
            public CompletableFuture<Void> pause(long nanos) {
                pauses.incrementAndGet();
                return super.pause(nanos);
            }
        })) {
            Grant hold = acquire(one, request(1, "put off", "holder"));
            CompletableFuture<Optional<Grant>> turn = queue(first, request(2, "put off", "client"));
            CompletableFuture<Optional<Grant>> shared = queue(another, request(3, "put off", "client"));
            assertThat(answer(one.release(hold))).isTrue();
            Grant granted = answer(turn).orElseThrow();
            answer(shared);
            assertThat(answer(first.renew(List.of(granted))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(pauses).hasValue(0);
            assertThat(answer(first.release(granted))).isTrue();
        }
    }

    @Test
    void aHoldDoesNotHangOnTheLeaseOfAProcessThatMadeItsTicketAndNeverHeardOfIt() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        CompletableFuture<Void> revoked = new CompletableFuture<>();
        try (EtcdBackend deaf = connect(wire -> new HookedWire(wire) {
            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                return isEntering(request)
                        ? CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException())
                        : super.answered(request, response);
            }

            @Override
            CompletableFuture<Void> revoking(long timeoutNanos, LongFunction<CompletableFuture<Void>> send) {
                return gate.thenCompose(open -> send.apply(timeoutNanos))
                        .whenComplete((done, failure) -> revoked.complete(null));
            }
        })) {
            // Shorter than what waiting tickets' leases are limited to, so that it needs no longer one at its turn.
            long lease = 5_000;
            Grant hold = acquire(one, request(1, "unheard", "holder"));
            AcquireRequest unheard = new AcquireRequest(
                    2, "unheard", "client", lease, Duration.ofSeconds(1).toNanos(), time.read());
            assertThat(deaf.acquire(unheard).toCompletableFuture()).failsWithin(LONG);
            CompletableFuture<Optional<Grant>> turn = queue(another, request(3, "unheard", "client", lease));
            assertThat(answer(one.release(hold))).isTrue();
            Grant granted = answer(turn).orElseThrow();

            gate.complete(null);
            answer(revoked);

            assertThat(answer(another.inspect("unheard")).orElseThrow().fencingToken())
                    .isEqualTo(granted.token());
            assertThat(answer(another.renew(List.of(granted))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(answer(another.release(granted))).isTrue();
        }
    }

    private static boolean isEntering(TxnRequest request) {
        return request.getSuccessCount() > 0 && request.getSuccess(0).hasRequestPut() && !isMove(request);
    }

    @Test
    void aHoldLastsAsLongAsItsHolderWasToldAlsoIfAProcessThatStoodStillGivesItAnotherLease() throws Exception {
        long lease = 4_000;
        AtomicBoolean hasJoined = new AtomicBoolean();
        CompletableFuture<Void> stands = new CompletableFuture<>();
        CompletableFuture<Void> goesOn = new CompletableFuture<>();
        AtomicBoolean isCut = new AtomicBoolean();
        try (EtcdBackend standing = connect(wire -> new HookedWire(wire) {
            @Override
            public CompletableFuture<LeaseGrantResponse> grant(long id, long seconds, long timeoutNanos) {
                boolean isToMove = hasJoined.get();
                return super.grant(id, seconds, timeoutNanos).thenCompose(response -> {
                    if (!isToMove) {
                        return CompletableFuture.completedFuture(response);
                    }
                    stands.complete(null);
                    return goesOn.thenApply(go -> response);
                });
            }

            @Override
            CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
                hasJoined.compareAndSet(false, isJoining(request));
                isCut.compareAndSet(false, goesOn.isDone());
                return super.answered(request, response);
            }

            @Override
            public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
                return isCut.get() ? cut() : super.txn(request, timeoutNanos);
            }

            @Override
            public CompletableFuture<Beat> keepAlive(long id, boolean urgent) {
                return isCut.get() ? cut() : super.keepAlive(id, urgent);
            }
        })) {
            Grant hold = acquire(one, request(1, "told", "client", lease));
            CompletionStage<AcquireReply> unused = standing.acquire(request(2, "told", "client", lease));
            answer(stands);
            validUntil(answer(one.renew(List.of(hold))).get(0));
            // More than the server may be late to end the lease that was granted.
            TimeUnit.MILLISECONDS.sleep(2000);
            long told = validUntil(answer(one.renew(List.of(hold))).get(0));
            goesOn.complete(null);
            TimeUnit.NANOSECONDS.sleep(told - time.read() - 100_000_000);

            assertThat(answer(one.inspect("told")).map(LockInfo::fencingToken)).contains(hold.token());
            assertThat(isCut).isTrue();
        }
    }

    private static long validUntil(RenewOutcome outcome) {
        return ((RenewOutcome.Renewed) outcome).validUntil();
    }

    private static <T> CompletableFuture<T> cut() {
        return CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException());
    }

    @Test
    void aTicketThatAnOperatorHasPutWithoutALeaseGetsOne() throws Exception {
        Grant hold = acquire(one, request(1, "put", "holder"));
        CompletableFuture<Optional<Grant>> turn = queue(one, request(2, "put", "client"));
        String value = server.etcdctl("get", "--print-value-only", "holdfast/put/=client");
        server.etcdctl("put", "holdfast/put/=client", value.strip());
        assertThat(answer(one.release(hold))).isTrue();
        Grant granted = answer(turn).orElseThrow();
        assertThat(server.etcdctl("get", "-w", "fields", "holdfast/put/=client"))
                .contains("\"Lease\" :")
                .doesNotContain("\"Lease\" : 0");
        assertThat(answer(one.release(granted))).isTrue();
    }
}
