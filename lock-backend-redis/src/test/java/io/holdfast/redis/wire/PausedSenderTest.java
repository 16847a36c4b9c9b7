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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that stands still after it has sent its own command, in the middle of sending another's: nobody else waits longer than the answer timeout. */
@Timeout(120)
class PausedSenderTest {
    /** As short as the first calls allow on a busy machine. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

    /** For one answer timeout and what a busy machine adds; less than a hook stands. */
    private static final Duration LIMIT = TestWires.PATIENCE;

    private final SystemTime time = new SystemTime();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private RedisServer server;
    private TcpProxy proxy;
    private Wire wire;
    private CompletableFuture<Reply> own;
    private CompletableFuture<Reply> taken;

    @BeforeEach
    void connect() throws Exception {
        server = RedisServer.start();
        proxy = TcpProxy.to(server);
        wire = WireBuilder.to("redis://127.0.0.1:" + proxy.port())
                .answerTimeout(ANSWER_TIMEOUT)
                .build(time, time);
        // What a connection has not seen before isn't sent ahead.
        for (Script script : List.of(Lua.INCR, Lua.APPEND)) {
            answer(wire.run(script, list("warm-" + script.name()), list("1")));
        }
        pause();
    }

    /** Has a thread stop in the middle of sending, and all others be done with what they do. */
    private void pause() throws Exception {
        proxy.silence(Direction.TO_CLIENT);
        CompletableFuture<Reply> before = wire.run(Lua.INCR, list("before"), list(""));
        await(() -> server.command("GET", "before") != null);
        Hook.awaitReader(proxy.port());
        CountDownLatch ownIsBeingSent = new CountDownLatch(1);
        CountDownLatch takenIsQueued = new CountDownLatch(1);
        CountDownLatch isPaused = new CountDownLatch(1);
        own = call(Lua.APPEND, Hook.on("own", () -> {
            ownIsBeingSent.countDown();
            Hook.pass(takenIsQueued);
        }));
        Hook.pass(ownIsBeingSent);
        taken = wire.run(Lua.APPEND, list("key"), Hook.on("taken", () -> {
            isPaused.countDown();
            Hook.pass(mayGoOn);
        }));
        takenIsQueued.countDown();
        Hook.pass(isPaused);
        proxy.restore();
        answer(before);
    }

    @AfterEach
    void close() {
        mayGoOn.countDown();
        wire.close();
        proxy.close();
        server.close();
        time.close();
        callers.shutdownNow();
    }

    @Test
    void othersAreRefusedInTime() throws Exception {
        allOthersAreRefused();
        mayGoOn.countDown();

        answer(own);
        goesOn();
    }

    @Test
    void othersAreRefusedInTimeThoughTheConnectionBreaks() throws Exception {
        proxy.reset();
        allOthersAreRefused();
        mayGoOn.countDown();

        goesOn();
    }

    @Test
    void closingFailsWhatItHasTaken() throws Exception {
        CompletableFuture<Reply> calling = call(Lua.APPEND, list("others"));
        CompletableFuture<Reply> asynchronous = wire.run(Lua.APPEND, list("key"), list("others, too"));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(wire::close, callers);

        for (CompletableFuture<?> each : List.of(taken, calling, asynchronous)) {
            assertThat(each).failsWithin(LIMIT);
        }
        assertThat(closing).succeedsWithin(LIMIT);
        mayGoOn.countDown();
        answer(own);
    }

    @Test
    void aCallerThatIsInterruptedLeaves() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        Thread impatient = new Thread(() -> {
            CompletableFuture<Reply> unused = wire.blocking().run(Lua.APPEND, list("key"), list("impatient"));
            left.countDown();
        });
        impatient.start();
        impatient.interrupt();

        // Sooner than it would be refused.
        assertThat(left.await(ANSWER_TIMEOUT.toMillis() / 2, TimeUnit.MILLISECONDS))
                .isTrue();
    }

    private void allOthersAreRefused() {
        CompletableFuture<Reply> calling = call(Lua.APPEND, list("refused"));
        CompletableFuture<Reply> asynchronous = wire.run(Lua.APPEND, list("key"), list("refused, too"));
        isRefused(calling);
        isRefused(asynchronous);
        isRefused(taken);
    }

    private static void isRefused(CompletableFuture<Reply> call) {
        assertThat(call).failsWithin(LIMIT).withThrowableThat().withMessageContaining("did not answer 'append' within");
    }

    /** What came after is carried out after, and what was refused either in its turn or not at all. */
    private void goesOn() throws Exception {
        assertThat(text(answer(call(Lua.APPEND, list("later"))).value())).isEqualTo("later");
        assertThat(String.valueOf(server.command("LRANGE", "key", "0", "-1"))).endsWith("later]");
    }

    private CompletableFuture<Reply> call(Script script, List<byte[]> args) {
        return CompletableFuture.supplyAsync(
                () -> wire.blocking().run(script, list("key"), args).join(), callers);
    }

    private static Reply answer(CompletableFuture<Reply> call) throws Exception {
        return call.get(TestWires.PATIENCE.toSeconds() * 2, TimeUnit.SECONDS);
    }
}
