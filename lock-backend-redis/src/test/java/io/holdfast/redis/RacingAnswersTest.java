package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.redis.wire.Address;
import io.holdfast.redis.wire.Reply;
import io.holdfast.redis.wire.Script;
import io.holdfast.redis.wire.WireBuilder;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.RedisServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a waiter is told by several ways at once, each of which may be late. */
class RacingAnswersTest {
    private static final String PREFIX = "holdfast:";
    private static final String RESOURCE = "resource";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(200);
    /** Of the request 2. */
    private static final byte[] DROPPED = "dropped 0000000000000002".getBytes(StandardCharsets.US_ASCII);

    private RedisServer server;
    private InterceptedWire wire;
    private LockBackend backend;

    @BeforeEach
    void start() {
        server = RedisServer.start();
        wire = new InterceptedWire(WireBuilder.to(server.uri())
                .answerTimeout(Duration.ofSeconds(4))
                .build(TestBackends.TIME, TestBackends.TIME));
        backend = new RedisBackend(wire, PREFIX, false, false, TestBackends.TIME, TestBackends.TIME, () -> {});
    }

    @AfterEach
    void close() {
        backend.close();
        server.close();
    }

    @Test
    void anAnswerFromBeforeTheRequestWasSentAnewIsNotItsGrant() {
        Grant first = granted(backend, request(1, LONG, Duration.ZERO));
        CompletableFuture<Optional<Grant>> turn = queued(backend, request(2, SHORT, LONG));
        CompletableFuture<Void> answersArrive = new CompletableFuture<>();
        CompletableFuture<Void> grantsArrive = new CompletableFuture<>();
        wire.intercept((script, args, send) -> {
            CompletableFuture<Void> late = script == Scripts.RELEASE ? answersArrive : grantsArrive;
            return script == Scripts.INSPECT ? send.get() : late.thenCombine(send.get(), (arrived, reply) -> reply);
        });
        CompletableFuture<Boolean> unused = backend.release(first).toCompletableFuture();
        // The second has its turn, is not told of it, and loses it by the end of its lease: real time at a real server.
        awaitNoHolder();

        CompletableFuture<AcquireReply> anew =
                backend.acquire(request(2, LONG, LONG)).toCompletableFuture();
        answersArrive.complete(null);
        grantsArrive.complete(null);

        Grant grant = (Grant) await(anew);
        assertThat(turn.getNow(Optional.empty()).map(Grant::token).orElse(grant.token()))
                .isEqualTo(grant.token());
        assertThat(await(backend.release(grant))).isTrue();
    }

    @Test
    void aReleaseIsNotOvertakenByTheAskingOfItsOwnRequest() throws Exception {
        try (LockBackend other = TestBackends.connect(server.uri())) {
            Grant first = granted(other, request(1, LONG, Duration.ZERO));
            CompletableFuture<Optional<Grant>> turn = queued(backend, request(2, LONG, LONG));
            CompletableFuture<Void> asking = new CompletableFuture<>();
            CompletableFuture<Void> goesOn = new CompletableFuture<>();
            wire.intercept((script, args, send) -> {
                if (script == Scripts.ACQUIRE) {
                    asking.complete(null);
                    goesOn.join();
                }
                return send.get();
            });
            Address here = here();
            Thread asks = new Thread(() -> wire.listener().resubscribed(here));
            asks.start();
            asking.get(10, TimeUnit.SECONDS);

            assertThat(await(other.release(first))).isTrue();
            // A grant that came before the asking has gone on would be released before it: it may take its time to
            // show.
            Throwable unused = catchThrowable(
                    () -> backend.release(turn.get(300, TimeUnit.MILLISECONDS).orElseThrow())
                            .toCompletableFuture()
                            .join());
            goesOn.complete(null);
            asks.join();
            Grant second = turn.get(10, TimeUnit.SECONDS).orElseThrow();
            boolean endedNow = await(backend.release(second));

            assertThat(await(backend.inspect(RESOURCE))).isEmpty();
            assertThat(endedNow).isTrue();
        }
    }

    @Test
    void whenTheAnswerToAReleaseIsLostAllThatWaitAsk() {
        Grant first = granted(backend, request(1, LONG, Duration.ZERO));
        CompletableFuture<Optional<Grant>> next = queued(backend, request(3, LONG, LONG));
        CompletableFuture<Optional<Grant>> last = queued(backend, request(2, LONG, LONG));
        wire.intercept((script, args, send) -> {
            if (isAskingOf("client-2", script, args)) {
                return new CompletableFuture<>();
            }
            return script == Scripts.RELEASE
                    ? send.get()
                            .thenCompose(reply -> CompletableFuture.failedFuture(
                                    LockBackendException.outcomeUnknown("the answer is lost", null)))
                    : send.get();
        });

        assertThat(backend.release(first).toCompletableFuture()).failsWithin(SOON);

        assertThat(next).succeedsWithin(SOON).matches(Optional::isPresent);
        assertThat(last).isNotDone();
    }

    @Test
    void aGrantOnItsWayIsTakenThoughNewsOfTheEndOfTheWaitAreFaster() throws Exception {
        Grant unused = granted(backend, request(1, LONG, Duration.ZERO));
        CompletableFuture<Optional<Grant>> turn = queued(backend, request(2, LONG, LONG));
        CompletableFuture<Void> answersArrive = new CompletableFuture<>();
        wire.intercept((script, args, send) -> script == Scripts.ACQUIRE
                ? answersArrive.thenCombine(send.get(), (arrived, reply) -> reply)
                : send.get());
        forgetEverything();
        wire.listener().resubscribed(here());
        awaitHolder("client-2");

        wire.listener().message(here(), DROPPED);
        answersArrive.complete(null);

        Grant grant = turn.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat(await(backend.release(grant))).isTrue();
        assertThat(await(backend.inspect(RESOURCE))).isEmpty();
    }

    @Test
    void whoIsDroppedBeforeItsWaitIsOverAsksAgain() throws Exception {
        Grant unused = granted(backend, request(1, LONG, Duration.ZERO));
        CompletableFuture<Optional<Grant>> turn = queued(backend, request(2, LONG, LONG));
        forgetEverything();

        wire.listener().message(here(), DROPPED);

        assertThat(turn.get(10, TimeUnit.SECONDS)).isPresent();
    }

    @Test
    void whoIsDroppedWhenItsWaitIsOverHasNothing() throws Exception {
        Grant unused = granted(backend, request(1, LONG, Duration.ZERO));
        CompletableFuture<Optional<Grant>> turn = queued(backend, request(2, LONG, SHORT));
        // Its wait ends by real time.
        TimeUnit.NANOSECONDS.sleep(SHORT.toNanos());

        wire.listener().message(here(), DROPPED);

        assertThat(turn.get(10, TimeUnit.SECONDS)).isEmpty();
        assertThat(await(backend.inspect(RESOURCE)).orElseThrow().waiters()).isZero();
    }

    @Test
    void whoHadItsTurnJustBeforeItsWaitWasOverHasIt() throws Exception {
        Grant unused = granted(backend, request(1, LONG, Duration.ZERO));
        CompletableFuture<Optional<Grant>> turn = queued(backend, request(2, LONG, SHORT));
        wire.intercept((script, args, send) -> {
            if (script == Scripts.WITHDRAW) {
                forgetEverything();
                server.command(
                        "SET",
                        "holdfast:{resource}",
                        "holdfast1+ 1-1 60000 0000000000000002 client-2",
                        "PX",
                        String.valueOf(SOON.toMillis()));
            }
            return send.get();
        });
        // Its wait ends by real time.
        TimeUnit.NANOSECONDS.sleep(SHORT.toNanos());
        wire.listener().message(here(), DROPPED);

        Grant grant = turn.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat((Long) server.command("PTTL", "holdfast:{resource}")).isGreaterThan(2 * SOON.toMillis());
        assertThat(grant.validUntil() - TestBackends.TIME.read()).isGreaterThan(2 * SOON.toNanos());
        assertThat(await(backend.release(grant))).isTrue();
    }

    @Test
    void aReleaseByTheClientsNameThatIsCarriedOutTwiceEndsNoLaterHold() {
        try (LockBackend other = TestBackends.connect(server.uri())) {
            Grant unused = granted(other, request(1, LONG, Duration.ZERO));
            AtomicReference<Grant> later = new AtomicReference<>();
            wire.intercept((script, args, send) -> script == Scripts.RELEASE && later.get() == null
                    ? send.get().thenComposeAsync(lost -> {
                        later.set(granted(
                                other,
                                new AcquireRequest(2, RESOURCE, "client-1", 60_000, 0, TestBackends.TIME.read())));
                        return send.get().thenApply(RacingAnswersTest::asSentTwice);
                    })
                    : send.get());

            assertThat(backend.release(HoldRef.ofClient(RESOURCE, "client-1")).toCompletableFuture())
                    .failsWithin(SOON);

            assertThat(await(other.release(later.get()))).isTrue();
        }
    }

    private static Reply asSentTwice(Reply reply) {
        return new Reply(reply.value(), reply.sentAt(), reply.receivedAt(), reply.node(), reply.durable(), true);
    }

    private Address here() throws Exception {
        return wire.address(KeySpace.single(PREFIX).of(RESOURCE).get(0)).get(10, TimeUnit.SECONDS);
    }

    private void forgetEverything() {
        server.command("DEL", "holdfast:{resource}", "holdfast:{resource}:queue", "holdfast:{resource}:waiters");
    }

    private void awaitHolder(String client) {
        long begin = System.nanoTime();
        while (!await(backend.inspect(RESOURCE)).map(LockInfo::client).equals(Optional.of(client))) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        }
    }

    private static boolean isAskingOf(String client, Script script, String args) {
        return script == Scripts.ACQUIRE && args.contains(client);
    }

    private void awaitNoHolder() {
        long begin = System.nanoTime();
        while (await(backend.inspect(RESOURCE)).isPresent()) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        }
    }

    private static Grant granted(LockBackend backend, AcquireRequest request) {
        return (Grant) await(backend.acquire(request));
    }

    private static CompletableFuture<Optional<Grant>> queued(LockBackend backend, AcquireRequest request) {
        return ((AcquireReply.Queued) await(backend.acquire(request))).grant().toCompletableFuture();
    }

    private static AcquireRequest request(long id, Duration lease, Duration wait) {
        return new AcquireRequest(
                id, RESOURCE, "client-" + id, lease.toMillis(), wait.toNanos(), TestBackends.TIME.read());
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
