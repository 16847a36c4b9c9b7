package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.BrokenConnectionTest.await;
import static io.holdfast.redis.wire.Lua.list;
import static io.holdfast.redis.wire.Lua.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TcpProxy;
import io.holdfast.testservers.TcpProxy.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What callers send while the answers to others are on their way. */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD) // They share a server, of which they flush everything.
class PipelineTest {
    /** Appends, however often. */
    private static final Script PUSH =
            Script.of("push", "redis.call('RPUSH', KEYS[1], ARGV[1]) return redis.call('LLEN', KEYS[1])");

    /** How many calls are sent one by one though none is answered. */
    private static final int AT_LEAST = 4;

    private static RedisServer server;

    private final SystemTime time = new SystemTime();
    private final ExecutorService callers = Executors.newCachedThreadPool();
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
    void connect() throws Exception {
        server.command("FLUSHALL");
        proxy = TcpProxy.to(server);
        wire = TestWires.to("redis://127.0.0.1:" + proxy.port()).build(time, time);
        // What a connection has not seen before isn't sent ahead.
        for (Script script : List.of(Lua.INCR, Lua.APPEND, Lua.ECHO, PUSH)) {
            answer(call(script, "warm-" + script.name(), "1"));
        }
        proxy.silence(Direction.TO_CLIENT);
    }

    @AfterEach
    void close() {
        wire.close();
        proxy.close();
        time.close();
        callers.shutdownNow();
    }

    @Test
    void aCommandIsSentWhileTheAnswersToOthersAreAwaited() throws Exception {
        List<CompletableFuture<Reply>> all = new ArrayList<>();
        for (int i = 0; i < AT_LEAST; i++) {
            all.add(call(Lua.INCR, "count", ""));
            awaitCount(i + 1);
        }
        assertThat(all).noneMatch(CompletableFuture::isDone);
        proxy.restore();

        for (int i = 0; i < AT_LEAST; i++) {
            Reply reply = answer(all.get(i));
            assertThat(reply.value()).isEqualTo(i + 1L);
            assertThat(reply.resent()).isFalse();
        }
    }

    @Test
    void whatWasSentAheadIsSentAgainInOrderWhenTheConnectionBreaks() throws Exception {
        List<CompletableFuture<Reply>> all = new ArrayList<>();
        for (int i = 0; i < AT_LEAST; i++) {
            all.add(call(PUSH, "order", "" + i));
            long ran = i + 1L;
            await(() -> server.command("LLEN", "order").equals(ran));
        }
        proxy.reset();
        proxy.restore();

        for (int i = 0; i < AT_LEAST; i++) {
            Reply reply = answer(all.get(i));
            assertThat(reply.value()).isEqualTo(AT_LEAST + i + 1L);
            assertThat(reply.resent()).isTrue();
        }
        assertThat(server.command("LRANGE", "order", "" + AT_LEAST, "-1").toString())
                .isEqualTo("[0, 1, 2, 3]");
    }

    @Test
    void aCommandThatIsSentAgainTakesWithItWhatWasSentAheadForItsKey() throws Exception {
        server.command("SCRIPT", "FLUSH");
        server.command("SCRIPT", "LOAD", text(PUSH.source()));
        // The server doesn't know this script any more, and will say so.
        long before = unknownScripts();
        CompletableFuture<Reply> first = call(Lua.APPEND, "order", "first");
        await(() -> unknownScripts() > before);
        CompletableFuture<Reply> second = call(PUSH, "order", "second");
        await(() -> server.command("LLEN", "order").equals(1L));
        CompletableFuture<Reply> ofAnotherKey = call(PUSH, "another", "x");
        await(() -> server.command("LLEN", "another").equals(1L));
        proxy.restore();

        assertThat(text(answer(first).value())).isEqualTo("first");
        assertThat(answer(second).value()).isEqualTo(3L);
        assertThat(answer(ofAnotherKey).value()).isEqualTo(1L);
        assertThat(server.command("LRANGE", "order", "0", "-1").toString()).isEqualTo("[second, first, second]");
    }

    /** How many calls of scripts the server has refused for not knowing them. */
    private static long unknownScripts() {
        return String.valueOf(server.command("INFO", "errorstats"))
                .lines()
                .filter(line -> line.startsWith("errorstat_NOSCRIPT:count="))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    @Test
    void aCallerThatIsInterruptedLeavesItsCommandToOthers() throws Exception {
        CompletableFuture<Reply> first = call(Lua.INCR, "count", "");
        awaitCount(1);
        CompletableFuture<Reply> second = leftByItsCaller(2);
        proxy.restore();

        assertThat(answer(first).value()).isEqualTo(1L);
        assertThat(answer(second).value()).isEqualTo(2L);
    }

    @Test
    void closingFailsWhatWasSentAhead() throws Exception {
        List<CompletableFuture<Reply>> all = IntStream.range(0, AT_LEAST)
                .mapToObj(i -> call(Lua.INCR, "count", ""))
                .toList();
        awaitCount(AT_LEAST);
        wire.close();

        for (CompletableFuture<Reply> each : all) {
            assertThat(each).failsWithin(TestWires.PATIENCE).withThrowableThat().withMessageContaining("closed");
        }
    }

    @Test
    void moreThanMayBeUnderWayIsSentAsAnswersCome() throws Exception {
        int many = 100;
        List<CompletableFuture<Reply>> all = IntStream.range(0, many)
                .mapToObj(i -> call(PUSH, "many", "" + i))
                .toList();
        await(() -> ((Long) server.command("LLEN", "many")) >= AT_LEAST);
        proxy.restore();

        for (CompletableFuture<Reply> each : all) {
            assertThat(answer(each).resent()).isFalse();
        }
        assertThat(server.command("LLEN", "many")).isEqualTo((long) many);
    }

    @Test
    void anAnswerIsToldWhileTheNextIsAwaited() throws Exception {
        CompletableFuture<Reply> first = call(Lua.INCR, "count", "");
        awaitCount(1);
        CompletableFuture<Reply> second = leftByItsCaller(2);
        server.pause();
        try {
            CompletableFuture<Reply> third = new CompletableFuture<>();
            Thread caller = new Thread(() -> third.complete(
                    wire.blocking().run(Lua.INCR, list("count"), list("")).join()));
            caller.start();
            await(() -> caller.getState() == Thread.State.TIMED_WAITING);
            proxy.restore();
            assertThat(answer(first).value()).isEqualTo(1L);
            assertThat(answer(second).value()).isEqualTo(2L);
            assertThat(third).isNotDone();
            server.resume();
            assertThat(answer(third).value()).isEqualTo(3L);
        } finally {
            server.resume();
        }
    }

    /** One more call, which is run while its answer is held back; by then its caller is interrupted. */
    private CompletableFuture<Reply> leftByItsCaller(int count) throws InterruptedException {
        AtomicReference<CompletableFuture<Reply>> left = new AtomicReference<>();
        Thread impatient = new Thread(() -> left.set(wire.blocking().run(Lua.INCR, list("count"), list(""))));
        impatient.start();
        awaitCount(count);
        impatient.interrupt();
        impatient.join(TestWires.PATIENCE.toMillis());
        assertThat(left.get()).isNotDone();
        return left.get();
    }

    private static void awaitCount(int count) {
        await(() -> String.valueOf(server.command("GET", "count")).equals("" + count));
    }

    @Test
    void whoSendsForOthersSeesToItThatTheirAnswersAreReadWhenItsOwnHasCome() throws Exception {
        CompletableFuture<Reply> read = underWay(wire);
        CountDownLatch othersMayCome = new CountDownLatch(1);
        CountDownLatch ownIsWritten = new CountDownLatch(1);
        CountDownLatch othersAreTaken = new CountDownLatch(1);
        CountDownLatch othersMayGo = new CountDownLatch(1);
        CompletableFuture<Reply> own = call(PUSH, "own", Hook.on("own", () -> {
            othersMayCome.countDown();
            Hook.pass(ownIsWritten);
        }));
        Hook.pass(othersMayCome);
        CompletableFuture<Reply> others = wire.run(Lua.ECHO, list("others"), Hook.on("others", () -> {
            othersAreTaken.countDown();
            Hook.pass(othersMayGo);
        }));
        ownIsWritten.countDown();
        Hook.pass(othersAreTaken);
        proxy.restore();
        answer(read);
        // It has read the sender's own answer, too, and found nothing else to do.
        await(() -> server.command("LLEN", "own").equals(1L) && isParked("holdfast-redis-127.0.0.1:" + proxy.port()));
        othersMayGo.countDown();

        assertThat(text(answer(others).value())).isEqualTo("others");
        assertThat(answer(own).value()).isEqualTo(1L);
    }

    @Test
    void anErrorWhileSendingAheadMixesUpNoAnswers() throws Exception {
        CompletableFuture<Reply> read = underWay(wire);
        CountDownLatch othersMayCome = new CountDownLatch(1);
        CountDownLatch othersAreQueued = new CountDownLatch(1);
        CompletableFuture<Reply> own = call(Lua.APPEND, "own", Hook.on("own", () -> {
            othersMayCome.countDown();
            Hook.pass(othersAreQueued);
        }));
        Hook.pass(othersMayCome);
        CompletableFuture<Reply> first = wire.run(Lua.ECHO, list("key"), list("first"));
        CompletableFuture<Reply> failing = wire.run(Lua.ECHO, list("key"), Hook.on("failing", () -> {
            throw new StackOverflowError("planted");
        }));
        othersAreQueued.countDown();
        assertThat(own).failsWithin(TestWires.PATIENCE).withThrowableThat().withMessageContaining("planted");
        CompletableFuture<Reply> later = call(Lua.ECHO, "key", "later");
        proxy.restore();

        answer(read);
        assertThat(text(answer(first).value())).isEqualTo("first");
        assertThat(text(answer(failing).value())).isEqualTo("failing");
        assertThat(text(answer(later).value())).isEqualTo("later");
    }

    @Test
    void aCommandStaysInFrontThoughTheConnectionBreaksWhileReplicasAreAwaited() throws Exception {
        try (Wire durable = TestWires.to("redis://127.0.0.1:" + proxy.port())
                .durability(new Durability(1, false, Duration.ofSeconds(2)))
                .build(time, time)) {
            proxy.restore();
            for (Script script : List.of(Lua.APPEND, PUSH)) {
                answer(durable.run(script, list("warm-again-" + script.name()), list("1")));
            }
            proxy.silence(Direction.TO_CLIENT);
            CompletableFuture<Reply> read = underWay(durable);
            server.command("SCRIPT", "FLUSH");
            server.command("SCRIPT", "LOAD", text(Lua.APPEND.source()));
            long before = unknownScripts();
            CompletableFuture<Reply> first = durable.run(Lua.APPEND, list("order"), list("1"), true);
            CompletableFuture<Reply> second = durable.run(PUSH, list("order"), list("2"));
            proxy.restore();
            await(() -> unknownScripts() > before);
            // Nothing tells that the answers have been read, while there is no replica to be waited for.
            Thread.sleep(100);
            proxy.reset();

            answer(read);
            answer(first);
            answer(second);
            assertThat(server.command("LRANGE", "order", "0", "-1").toString()).isEqualTo("[1, 2]");
        }
    }

    private static boolean isParked(String thread) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(
                        each -> each.getName().equals(thread) && each.getState().equals(Thread.State.WAITING));
    }

    /** One whose answer the thread that does I/O for all awaits. */
    private CompletableFuture<Reply> underWay(Wire wire) {
        CompletableFuture<Reply> call = wire.run(PUSH, list("read"), list("x"));
        await(() -> server.command("LLEN", "read").equals(1L));
        Hook.awaitReader(proxy.port());
        return call;
    }

    private CompletableFuture<Reply> call(Script script, String key, List<byte[]> args) {
        return CompletableFuture.supplyAsync(
                () -> wire.blocking().run(script, list(key), args).join(), callers);
    }

    /** A call on a thread of its own, which waits for the answer. */
    private CompletableFuture<Reply> call(Script script, String key, String arg) {
        return call(script, key, list(arg));
    }

    private static Reply answer(CompletableFuture<Reply> call) throws Exception {
        return call.get(TestWires.PATIENCE.toSeconds() * 2, TimeUnit.SECONDS);
    }
}
