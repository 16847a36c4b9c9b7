package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.bytes;
import static io.holdfast.redis.wire.Lua.list;
import static io.holdfast.redis.wire.Lua.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.LockBackendException;
import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a wire does while nothing goes wrong. */
@Timeout(90)
@Execution(ExecutionMode.SAME_THREAD) // They share a server, and some change its settings or count its clients.
class RedisWireTest {
    private static RedisServer server;

    private final SystemTime time = new SystemTime();
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
        wire = TestWires.to(server.uri()).build(time, time);
    }

    @AfterEach
    void close() {
        wire.close();
        time.close();
    }

    @Test
    void answersAsRedisDoes() throws Exception {
        Script all = Script.of("all", "return {1, 'two', {3, false}, false}");

        List<?> value = (List<?>) run(all, "answers").value();

        assertThat(value).hasSize(4);
        assertThat(value.get(0)).isEqualTo(1L);
        assertThat(value.get(1)).isEqualTo(bytes("two"));
        assertThat((List<?>) value.get(2)).hasSize(2).first().isEqualTo(3L);
        assertThat(value.get(3)).isNull();
        assertThat(run(Lua.GET, "absent").value()).isNull();
    }

    @Test
    void aCallerThatWaitsGetsACompletedFuture() {
        CompletableFuture<Reply> future = wire.blocking().run(Lua.ECHO, list("key"), list("hello"));

        assertThat(future)
                .isCompletedWithValueMatching(reply -> text(reply.value()).equals("hello"));
    }

    @Test
    void aLoneCallerNeedsNoThread() {
        wire.blocking().run(Lua.ECHO, list("key"), list("hello")).join();

        assertThat(threads()).isEmpty();
    }

    @Test
    void manyAsynchronousCallsNeedOneThread() {
        List<CompletableFuture<Reply>> all = IntStream.range(0, 1_000)
                .mapToObj(i -> wire.run(Lua.ECHO, list("key" + i), list("" + i)))
                .toList();

        for (int i = 0; i < all.size(); i++) {
            assertThat(text(all.get(i).join().value())).isEqualTo("" + i);
        }
        assertThat(threads()).hasSize(1);
    }

    @Test
    void manyThreadsShareOneConnection() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(16);
        try {
            List<Future<Integer>> all = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                String name = "shared" + t;
                all.add(pool.submit(() -> {
                    int right = 0;
                    for (int i = 0; i < 500; i++) {
                        CompletableFuture<Reply> reply = wire.blocking().run(Lua.ECHO, list(name), list(name + i));
                        right += text(reply.get(20, TimeUnit.SECONDS).value()).equals(name + i) ? 1 : 0;
                    }
                    return right;
                }));
            }
            for (Future<Integer> each : all) {
                assertThat(each.get()).isEqualTo(500);
            }
            assertThat(connections()).isEqualTo(1);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void theCommandsOfAKeyArriveInOrder() {
        List<CompletableFuture<Reply>> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Wire view = i % 7 == 0 ? wire.blocking() : wire;
            all.add(view.run(Lua.APPEND, list("order"), list("" + i)));
        }
        all.forEach(CompletableFuture::join);

        assertThat(server.command("LRANGE", "order", "0", "-1"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .containsExactlyElementsOf(
                        IntStream.range(0, 2_000).mapToObj(String::valueOf).toList());
    }

    @Test
    void aReplyTellsWhenAndByWhomItWasGiven() throws Exception {
        long before = time.read();
        Reply first = run(Lua.ECHO, "key");
        Reply second = run(Lua.ECHO, "key");
        long after = time.read();

        assertThat(first.sentAt() - before).isPositive();
        assertThat(first.receivedAt() - first.sentAt()).isPositive();
        assertThat(second.sentAt() - first.receivedAt()).isPositive();
        assertThat(after - second.receivedAt()).isPositive();
        assertThat(first.node()).isEqualTo(second.node());
        assertThat(first.node().name()).isEqualTo("127.0.0.1:" + server.port());
        assertThat(first.resent()).isFalse();
    }

    @Test
    void scriptsThatTheServerLosesAreLoadedAgain() throws Exception {
        run(Lua.ECHO, "key");
        server.command("SCRIPT", "FLUSH");

        assertThat(text(run(Lua.ECHO, "key").value())).isEqualTo("x");
    }

    @Test
    void lostScriptsDontChangeTheOrder() {
        Script one = Script.of("one", "redis.call('RPUSH', KEYS[1], 'one') return 1");
        Script two = Script.of("two", "redis.call('RPUSH', KEYS[1], 'two') return 2");
        wire.run(one, list("warm"), List.of()).join();
        wire.run(two, list("warm"), List.of()).join();
        server.command("SCRIPT", "FLUSH");
        // Another process knows the second one only, so it is carried out where the first is not.
        server.command("SCRIPT", "LOAD", new String(two.source(), java.nio.charset.StandardCharsets.UTF_8));

        CompletableFuture<Reply> first = wire.run(one, list("flushed"), List.of());
        CompletableFuture<Reply> second = wire.run(two, list("flushed"), List.of());
        CompletableFuture.allOf(first, second).join();

        assertThat((List<?>) server.command("LRANGE", "flushed", "-2", "-1"))
                .map(String::valueOf)
                .containsExactly("one", "two");
    }

    @Test
    void aCallbackMayCallTheWireAgain() {
        CompletableFuture<Reply> nested = wire.run(Lua.ECHO, list("key"), list("a"))
                .thenCompose(reply -> wire.blocking().run(Lua.ECHO, list("key"), list(text(reply.value()) + "b")))
                .thenCompose(reply -> wire.run(Lua.ECHO, list("key"), list(text(reply.value()) + "c")));

        assertThat(text(nested.join().value())).isEqualTo("abc");
    }

    @Test
    void anInterruptStaysPending() {
        Thread.currentThread().interrupt();

        CompletableFuture<Reply> future = wire.blocking().run(Lua.ECHO, list("key"), list("x"));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(text(future.join().value())).isEqualTo("x");
    }

    @Test
    void anInterruptedCallerLeavesItsCommandToOthers() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> returnedEarly = new CompletableFuture<>();
        CompletableFuture<CompletableFuture<Reply>> late = new CompletableFuture<>();
        wire.run(Lua.ECHO, list("key"), list("connect")).join();
        Thread caller = new Thread(() -> {
            begun.countDown();
            CompletableFuture<Reply> future = wire.blocking().run(Lua.ECHO, list("key"), list("x"));
            returnedEarly.complete(!future.isDone() && Thread.currentThread().isInterrupted());
            late.complete(future);
        });
        server.pause();
        CompletableFuture<Reply> busy;
        try {
            busy = wire.run(Lua.ECHO, list("key"), list("busy"));
            awaitReading();
            caller.start();
            begun.await();
            caller.interrupt();

            assertThat(returnedEarly.get(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            server.resume();
        }
        assertThat(text(late.get().get(20, TimeUnit.SECONDS).value())).isEqualTo("x");
        assertThat(busy).isCompleted();
    }

    @Test
    void afterTheEndEverythingFailsAndNothingIsLeft() {
        wire.run(Lua.ECHO, list("key"), list("x")).join();
        wire.address(bytes("key")).join();
        assertThat(threads()).hasSize(2);

        wire.close();
        wire.close();

        // A thread that ends late isn't waited for by close, and the server takes a moment.
        BrokenConnectionTest.await(() -> threads().isEmpty());
        BrokenConnectionTest.await(() -> connections() == 0);
        assertThatThrownBy(() -> wire.run(Lua.ECHO, list("key"), list("x")).join())
                .hasCauseInstanceOf(LockBackendException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() ->
                        wire.blocking().run(Lua.ECHO, list("key"), list("x")).join())
                .hasCauseInstanceOf(LockBackendException.class);
        assertThatThrownBy(() -> wire.address(bytes("key")).join()).hasCauseInstanceOf(LockBackendException.class);
    }

    @Test
    void whoWantsToBeToldFirstIsToldOfTheEndToo() {
        wire.close();
        for (Wire each : List.of(wire, wire.blocking())) {
            AtomicReference<@Nullable Throwable> told = new AtomicReference<>();
            CompletableFuture<Reply> reply =
                    each.run(Lua.ECHO, list("key"), list("x"), (answer, failure) -> told.set(failure));

            assertThat(reply).isCompletedExceptionally();
            assertThat(told.get()).hasMessageContaining("closed");
        }
    }

    @Test
    void closingFailsWhatIsUnderWay() throws Exception {
        wire.run(Lua.ECHO, list("key"), list("x")).join();
        server.pause();
        try {
            CompletableFuture<Reply> future = wire.run(Lua.ECHO, list("key"), list("y"));
            // It has been written then.
            awaitReading();
            long start = time.read();

            wire.close();

            // A quarter of what the answer is waited for.
            assertThat(Duration.ofNanos(time.read() - start)).isLessThan(TestWires.PATIENCE.dividedBy(4));
            assertThat(future).isCompletedExceptionally();
            assertThatThrownBy(future::join)
                    .cause()
                    .isInstanceOfSatisfying(
                            LockBackendException.class,
                            e -> assertThat(e.outcomeKnown()).isFalse());
        } finally {
            server.resume();
        }
    }

    @Test
    void closingWhileManyCallLeavesNobodyWaiting() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                boolean waits = t % 2 == 0;
                all.add(pool.submit(() -> {
                    CompletableFuture<Reply> last;
                    do {
                        last = (waits ? wire.blocking() : wire).run(Lua.ECHO, list("key"), list("x"));
                        last.exceptionally(e -> null).get(20, TimeUnit.SECONDS);
                    } while (!last.isCompletedExceptionally());
                    return null;
                }));
            }
            // So that it is closed in the middle of calls.
            Thread.sleep(30);
            wire.close();
            for (Future<?> each : all) {
                each.get(20, TimeUnit.SECONDS);
            }
            BrokenConnectionTest.await(() -> threads().isEmpty());
        } finally {
            pool.shutdownNow();
        }
    }

    private Reply run(Script script, String key) throws Exception {
        return wire.run(script, list(key), list("x")).get(20, TimeUnit.SECONDS);
    }

    /** Waits until a thread of the wire reads an answer. */
    private static void awaitReading() {
        BrokenConnectionTest.await(() -> threads().stream()
                .flatMap(thread -> Stream.of(thread.getStackTrace()))
                .anyMatch(frame -> frame.getClassName().equals(Session.class.getName())
                        && frame.getMethodName().equals("read")));
    }

    private static List<Thread> threads() {
        return threads("127.0.0.1:" + server.port());
    }

    /** The threads of all wires to some servers. */
    static List<Thread> threads(String... servers) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("holdfast-redis"))
                .filter(thread -> Stream.of(servers).anyMatch(thread.getName()::endsWith))
                .filter(Thread::isAlive)
                .toList();
    }

    private static long connections() {
        return String.valueOf(server.command("CLIENT", "LIST"))
                .lines()
                .filter(line -> !line.contains("cmd=client"))
                .count();
    }
}
