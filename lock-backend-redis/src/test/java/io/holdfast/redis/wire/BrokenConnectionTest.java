package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.bytes;
import static io.holdfast.redis.wire.Lua.list;
import static io.holdfast.redis.wire.Lua.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.LockBackendException;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.Ticker;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TcpProxy;
import io.holdfast.testservers.TcpProxy.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What becomes of commands when the network or the server fails. */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD) // They share a server, and some change its settings or count its clients.
class BrokenConnectionTest {
    /** For tests in which a server stays silent. */
    private static final Duration ANSWER = Duration.ofMillis(800);

    /** Longer than a busy machine takes. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static RedisServer server;

    private final SystemTime time = new SystemTime();
    private TcpProxy proxy;
    private Wire wire;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() {
        server.command("FLUSHALL");
        proxy = TcpProxy.to(server);
        wire = TestWires.to("redis://127.0.0.1:" + proxy.port()).build(time, time);
    }

    private Wire impatient(Duration answerTimeout) {
        return WireBuilder.to("redis://127.0.0.1:" + proxy.port())
                .answerTimeout(answerTimeout)
                .build(time, time);
    }

    @AfterEach
    void close() {
        wire.close();
        proxy.close();
        time.close();
    }

    @Test
    void aConnectionThatWasCutWhileIdleIsNotNoticed() {
        call(Lua.ECHO, "key", "warm");
        proxy.reset();

        Reply reply = call(Lua.ECHO, "key", "x");

        assertThat(text(reply.value())).isEqualTo("x");
        assertThat(reply.resent()).isTrue();
    }

    @Test
    void theEpochChangesWithTheConnection() {
        Node before = call(Lua.ECHO, "key", "x").node();
        proxy.reset();
        Node after = call(Lua.ECHO, "key", "x").node();

        assertThat(after.name()).isEqualTo(before.name());
        assertThat(after.epoch()).isGreaterThan(before.epoch());
    }

    @Test
    void aCommandWhoseReplyWasLostIsSentAgain() {
        call(Lua.ECHO, "key", "warm");
        proxy.loseNextReply();

        Reply reply = call(Lua.INCR, "count", "");

        // It ran twice, which scripts must bear.
        assertThat(reply.value()).isEqualTo(2L);
        assertThat(reply.resent()).isTrue();
    }

    @Test
    void noAnswerThatAnErrorHasLeftUnreadIsTakenForThatOfALaterCommand() {
        // The first answer is that of a command alone, the second one the first of many.
        AtomicInteger answersUntilError = new AtomicInteger(Integer.MAX_VALUE);
        Ticker ticker = () -> {
            if (isReadingAnswers() && answersUntilError.decrementAndGet() == 0) {
                throw new StackOverflowError("planted");
            }
            return time.read();
        };
        try (Wire failing = TestWires.to("redis://127.0.0.1:" + proxy.port()).build(ticker, time)) {
            failing.run(Lua.ECHO, list("key"), list("warm")).join();
            answersUntilError.set(2);
            proxy.silence(Direction.TO_CLIENT);
            List<CompletableFuture<Reply>> replies = IntStream.range(0, 6)
                    .mapToObj(i -> failing.run(Lua.ECHO, list("key"), list("" + i)))
                    .toList();
            proxy.restore();

            boolean interrupted = false;
            for (int i = 0; i < 6; i++) {
                CompletableFuture<Reply> reply = replies.get(i).orTimeout(30, TimeUnit.SECONDS);
                Throwable failure = catchThrowable(reply::join);
                if (failure == null) {
                    assertThat(text(reply.join().value())).isEqualTo("" + i);
                } else {
                    assertThat(failure).hasRootCauseInstanceOf(StackOverflowError.class);
                    interrupted = true;
                }
            }
            assertThat(interrupted).isTrue();
            for (int i = 6; i < 12; i++) {
                Reply later = failing.run(Lua.ECHO, list("key"), list("" + i))
                        .orTimeout(30, TimeUnit.SECONDS)
                        .join();
                assertThat(text(later.value())).isEqualTo("" + i);
            }
        }
    }

    /** Not while it is sending what has come meanwhile. */
    private static boolean isReadingAnswers() {
        return StackWalker.getInstance()
                .walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                        .filter(List.of(Exchange.class.getName(), Pipeline.class.getName())::contains)
                        .findFirst())
                .filter(Exchange.class.getName()::equals)
                .isPresent();
    }

    @Test
    void aSilentConnectionIsReplacedWithinTheAnswerTimeout() throws Exception {
        Duration answerTimeout = Duration.ofSeconds(4);
        try (Wire impatient = impatient(answerTimeout)) {
            impatient.blocking().run(Lua.ECHO, list("key"), list("warm")).join();
            long first = newestConnection();
            proxy.silence(Direction.TO_CLIENT);
            long start = time.read();
            CompletableFuture<Reply> future = impatient.run(Lua.ECHO, list("key"), list("x"));
            await(() -> newestConnection() > first);
            proxy.restore();
            assumeTrue(
                    time.read() - start < answerTimeout.toNanos() * 3 / 4,
                    "this machine was too busy to restore the network in time");

            Reply reply = future.get(30, TimeUnit.SECONDS);
            assertThat(text(reply.value())).isEqualTo("x");
            assertThat(reply.resent()).isTrue();
        }
    }

    /** The number that the server gave to the connection that it accepted last. */
    private static long newestConnection() {
        return String.valueOf(server.command("CLIENT", "LIST"))
                .lines()
                .filter(client -> !client.contains("cmd=client"))
                .mapToLong(client -> Long.parseLong(client.replaceFirst("^id=(\\d+) .*", "$1")))
                .max()
                .orElse(0);
    }

    @Test
    void aServerThatStaysSilentIsAnErrorInTime() {
        try (Wire impatient = impatient(ANSWER)) {
            impatient.blocking().run(Lua.ECHO, list("key"), list("warm")).join();
            proxy.silence(Direction.TO_CLIENT);
            long start = time.read();

            LockBackendException failure = failure(impatient.blocking().run(Lua.ECHO, list("key"), list("x")));

            assertThat(Duration.ofNanos(time.read() - start)).isBetween(ANSWER.dividedBy(2), LIMIT);
            assertThat(failure.outcomeKnown()).isFalse();
            assertThat(failure).hasMessageContaining("127.0.0.1:" + proxy.port());
        }
    }

    @Test
    void aServerThatDoesNotListenFailsFastAndKnown() {
        proxy.refuse();
        long start = time.read();

        LockBackendException failure = failure(wire.blocking().run(Lua.ECHO, list("key"), list("x")));

        assertThat(Duration.ofNanos(time.read() - start)).isLessThan(LIMIT);
        assertThat(failure.outcomeKnown()).isTrue();
        assertThat(failure)
                .hasMessageContaining("no connection to Redis at 127.0.0.1:" + proxy.port())
                .hasRootCauseInstanceOf(redis.clients.jedis.exceptions.JedisException.class);
    }

    @Test
    void aCommandThatMayHaveRunIsNotCalledKnownWhenTheServerIsGone() {
        try (Wire impatient = impatient(ANSWER)) {
            impatient.blocking().run(Lua.ECHO, list("key"), list("warm")).join();
            proxy.silence(Direction.TO_CLIENT);
            CompletableFuture<Reply> future = impatient.run(Lua.INCR, list("ran"), List.of());
            // More than once, if it takes so long that it is sent again.
            await(() -> server.command("GET", "ran") != null);
            proxy.refuse();

            assertThat(failure(future).outcomeKnown()).isFalse();
        }
    }

    /** An acquire would be carried out after the server's return, though its withdrawal had failed. */
    @Test
    void whatFollowsACommandThatMayYetRunDoesNotFailBeforeIt() throws Exception {
        try (Wire patient = WireBuilder.to("redis://127.0.0.1:" + proxy.port())
                .answerTimeout(Duration.ofSeconds(10))
                .build(time, time)) {
            patient.run(Lua.ECHO, list("warm"), list("x")).get(30, TimeUnit.SECONDS);
            proxy.silence(Direction.TO_CLIENT);
            CompletableFuture<Reply> first = patient.run(Lua.APPEND, list("order"), list("1"));
            await(() -> server.command("LLEN", "order").equals(1L));
            proxy.refuse();
            CompletableFuture<Reply> second = patient.run(Lua.APPEND, list("order"), list("2"));
            CompletableFuture<Reply> ofAnotherKey = patient.run(Lua.ECHO, list("another"), list("x"));

            assertThat(failure(ofAnotherKey).outcomeKnown()).isTrue();
            assertThat(first).isNotDone();
            assertThat(second).isNotDone();
            proxy.restore();

            assertThat(text(first.get(30, TimeUnit.SECONDS).value())).isEqualTo("1");
            assertThat(text(second.get(30, TimeUnit.SECONDS).value())).isEqualTo("2");
            assertThat(server.command("LRANGE", "order", "0", "-1").toString()).isEqualTo("[1, 2]");
        }
    }

    @Test
    void aRestartedServerIsNotNoticed() {
        try (RedisServer own = RedisServer.start();
                Wire direct = TestWires.to(own.uri()).build(time, time)) {
            direct.blocking().run(Lua.ECHO, list("key"), list("x")).join();
            own.kill();
            own.restart();

            assertThat(text(direct.blocking()
                            .run(Lua.ECHO, list("key"), list("y"))
                            .join()
                            .value()))
                    .isEqualTo("y");
        }
    }

    @Test
    void commandsStayInOrderOverBrokenConnections() throws Exception {
        List<CompletableFuture<Reply>> all = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            all.add((i % 5 == 0 ? wire.blocking() : wire).run(Lua.APPEND, list("order"), list("" + i)));
            if (i % 300 == 150) {
                proxy.reset();
            }
        }
        for (CompletableFuture<Reply> each : all) {
            each.get(30, TimeUnit.SECONDS);
        }

        // A command that was sent twice may stand there twice, but the last time each stands there is in order.
        List<String> seen = ((List<?>) server.command("LRANGE", "order", "0", "-1"))
                .stream().map(String::valueOf).toList();
        List<String> lastTimes = new ArrayList<>();
        for (int i = 0; i < seen.size(); i++) {
            if (seen.lastIndexOf(seen.get(i)) == i) {
                lastTimes.add(seen.get(i));
            }
        }
        assertThat(lastTimes)
                .containsExactlyElementsOf(
                        IntStream.range(0, 3_000).mapToObj(String::valueOf).toList());
    }

    @Test
    void sixteenThreadsSurviveCuts() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(16);
        try {
            List<Future<Long>> all = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                String name = "t" + t;
                all.add(pool.submit(() -> IntStream.range(0, 300)
                        .filter(i -> text(wire.blocking()
                                        .run(Lua.ECHO, list(name), list(name + i))
                                        .join()
                                        .value())
                                .equals(name + i))
                        .count()));
            }
            for (int i = 0; i < 10; i++) {
                // So that some calls are made on each connection before the next cut.
                Thread.sleep(10);
                proxy.reset();
            }
            for (Future<Long> each : all) {
                assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo(300);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aPausedServerThatComesBackInTimeIsNotNoticed() throws Exception {
        call(Lua.ECHO, "key", "warm");
        server.pause();
        CompletableFuture<Reply> future;
        try {
            future = wire.run(Lua.ECHO, list("key"), list("x"));
            // Less than a connection is given to answer; nothing else tells that time has passed.
            Thread.sleep(200);
        } finally {
            server.resume();
        }

        assertThat(text(future.get(30, TimeUnit.SECONDS).value())).isEqualTo("x");
    }

    @Test
    void aHugeCommandToASilentServerIsAnErrorInTime() {
        try (Wire impatient = impatient(ANSWER)) {
            impatient.blocking().run(Lua.ECHO, list("key"), list("warm")).join();
            proxy.silence(Direction.TO_SERVER);
            List<byte[]> args = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                args.add(bytes("x".repeat(1_000)));
            }
            Script count = Script.of("count", "return #ARGV");
            long start = time.read();

            LockBackendException failure = failure(impatient.blocking().run(count, list("key"), args));

            assertThat(Duration.ofNanos(time.read() - start)).isLessThan(LIMIT.multipliedBy(2));
            assertThat(failure.outcomeKnown()).isFalse();
        }
    }

    private Reply call(Script script, String key, String arg) {
        return wire.blocking().run(script, list(key), list(arg)).join();
    }

    private static LockBackendException failure(CompletableFuture<Reply> future) {
        Throwable thrown = catchThrowable(() -> future.get(30, TimeUnit.SECONDS));
        assertThat(thrown).hasCauseInstanceOf(LockBackendException.class);
        return (LockBackendException) thrown.getCause();
    }

    static void await(java.util.function.BooleanSupplier condition) {
        long begin = System.nanoTime();
        boolean fulfilled = condition.getAsBoolean();
        while (!fulfilled && System.nanoTime() - begin < TestWires.PATIENCE.toNanos()) {
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            fulfilled = condition.getAsBoolean();
        }
        assertThat(fulfilled).isTrue();
    }
}
