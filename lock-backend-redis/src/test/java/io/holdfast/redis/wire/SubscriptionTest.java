package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.bytes;
import static io.holdfast.redis.wire.Lua.list;
import static io.holdfast.redis.wire.Lua.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TcpProxy;
import io.holdfast.testservers.TcpProxy.Direction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How a server reaches this process. */
@Timeout(60)
@Execution(ExecutionMode.SAME_THREAD) // They share a server, and some change its settings or count its clients.
class SubscriptionTest {
    private static RedisServer server;

    private final SystemTime time = new SystemTime();
    private final Heard heard = new Heard();
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
        proxy = TcpProxy.to(server);
        wire = TestWires.to("redis://127.0.0.1:" + proxy.port()).build(time, time);
        wire.listen(heard);
    }

    /** A wire that pings its subscription every 300 ms, and waits as long for the answer. */
    private Wire impatient() {
        Wire made = WireBuilder.to("redis://127.0.0.1:" + proxy.port())
                .answerTimeout(Duration.ofMillis(600))
                .connectTimeout(TestWires.PATIENCE)
                .build(time, time);
        made.listen(heard);
        return made;
    }

    @AfterEach
    void close() {
        wire.close();
        proxy.close();
        time.close();
    }

    @Test
    void aScriptReachesThisProcessAndCountsIt() throws Exception {
        Address address = address();

        assertThat(publish(address, "hello")).isEqualTo(1L);
        assertThat(heard.message()).isEqualTo("hello");
    }

    @Test
    void aSecondAddressIsThereAtOnce() {
        Address address = address();

        assertThat(wire.address(bytes("other"))).isCompletedWithValue(address);
    }

    @Test
    void noSubscriptionIsMadeBeforeAnAddressIsAskedFor() {
        wire.blocking().run(Lua.ECHO, list("key"), list("x")).join();

        assertThat(proxy.connections()).isEqualTo(1);
        address();
        assertThat(proxy.connections()).isEqualTo(2);
    }

    @Test
    void aForbiddenSubscriptionIsToldAtOnce() {
        server.command("ACL", "SETUSER", "deaf", "on", ">secret", "~*", "+@all", "-subscribe");
        try (Wire deaf = WireBuilder.to("redis://deaf:secret@127.0.0.1:" + proxy.port())
                .answerTimeout(TestWires.PATIENCE.multipliedBy(10))
                .build(time, time)) {
            assertThat(deaf.address(bytes("key")))
                    .failsWithin(TestWires.PATIENCE)
                    .withThrowableThat()
                    .withMessageContaining("no subscription at Redis")
                    .withMessageContaining("check its ACL rules");
        } finally {
            server.command("ACL", "DELUSER", "deaf");
        }
    }

    @Test
    void whoHasGoneIsNotCounted() {
        Address address = address();
        wire.close();

        // The proxy takes a moment to pass the end on.
        BrokenConnectionTest.await(
                () -> Long.valueOf(0).equals(server.command("PUBLISH", text(address.channel()), "anybody?")));
    }

    @Test
    void anAddressHasTheNodeOfTheCommands() {
        Address address = address();

        assertThat(wire.blocking().run(Lua.ECHO, list("key"), list("x")).join().node())
                .isEqualTo(address.node());
    }

    @Test
    void aCutSubscriptionIsMadeAgainAndTold() throws Exception {
        Address before = address();
        killSubscribers();

        Address after = heard.resubscribed();
        assertThat(text(after.channel())).isEqualTo(text(before.channel()));
        assertThat(publish(after, "again")).isEqualTo(1L);
        assertThat(heard.message()).isEqualTo("again");
        assertThat(address().node()).isEqualTo(after.node());
    }

    @Test
    void aSubscriptionFollowsTheConnectionOfTheCommands() throws Exception {
        Address before = address();
        proxy.reset();
        Reply reply = wire.blocking().run(Lua.ECHO, list("key"), list("x")).join();

        assertThat(reply.node()).isNotEqualTo(before.node());
        BrokenConnectionTest.await(() -> address().node().equals(reply.node()));
        assertThat(heard.resubscribed()).isNotNull();
    }

    @Test
    void aSilentSubscriptionIsNoticedAndReplaced() throws Exception {
        try (Wire impatient = impatient()) {
            address(impatient);
            proxy.silence(Direction.TO_CLIENT);
            Thread.sleep(900); // Ping interval and patience are 300 ms each.
            proxy.restore();

            assertThat(heard.resubscribed()).isNotNull();
        }
    }

    @Test
    void anIdleSubscriptionIsKept() throws Exception {
        try (Wire impatient = impatient()) {
            Address address = address(impatient);
            // Several intervals of the ping; a pause of this machine looks as one of the server.
            assumeSleepsWell(Duration.ofSeconds(1));

            assertThat(publish(address, "still there?")).isEqualTo(1L);
            assertThat(heard.resubscribed).isEmpty();
        }
    }

    @Test
    void withoutAServerThereIsNoAddress() {
        proxy.refuse();

        assertThat(wire.address(bytes("key")))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(io.holdfast.LockBackendException.class)
                .withMessageContaining("no connection to Redis at 127.0.0.1:" + proxy.port());
    }

    @Test
    void aListenerMayCallTheWire() throws Exception {
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        wire.listen(new Wire.Listener() {
            @Override
            public void message(Address from, byte[] payload) {
                wire.run(Lua.ECHO, list("key"), List.of(payload))
                        .thenAccept(reply -> answers.add(text(reply.value())))
                        .join();
            }

            @Override
            public void resubscribed(Address now) {}
        });

        publish(address(), "echo");

        assertThat(answers.poll(20, TimeUnit.SECONDS)).isEqualTo("echo");
    }

    /** Sleeps, and aborts the test if this machine stands still meanwhile. */
    static void assumeSleepsWell(Duration duration) throws InterruptedException {
        long begin = System.nanoTime();
        long seen = begin;
        long longest = 0;
        while (seen - begin < duration.toNanos()) {
            Thread.sleep(10);
            long now = System.nanoTime();
            longest = Math.max(longest, now - seen);
            seen = now;
        }
        Duration gap = Duration.ofNanos(longest);
        assumeTrue(
                gap.compareTo(Duration.ofMillis(100)) < 0,
                () -> "this machine was too busy: 10 ms of sleep have taken " + gap);
    }

    private Address address() {
        return address(wire);
    }

    private static Address address(Wire wire) {
        return wire.address(bytes("key")).orTimeout(20, TimeUnit.SECONDS).join();
    }

    private Object publish(Address address, String payload) {
        return wire.blocking()
                .run(Lua.PUBLISH, list("key"), List.of(address.channel(), bytes(payload)))
                .join()
                .value();
    }

    private static void killSubscribers() {
        server.command("CLIENT", "KILL", "TYPE", "pubsub");
    }

    /** Remembers what a wire tells. */
    static final class Heard implements Wire.Listener {
        final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        final BlockingQueue<Address> resubscribed = new LinkedBlockingQueue<>();

        @Override
        public void message(Address from, byte[] payload) {
            messages.add(text(payload));
        }

        @Override
        public void resubscribed(Address now) {
            resubscribed.add(now);
        }

        String message() throws InterruptedException {
            return messages.poll(20, TimeUnit.SECONDS);
        }

        Address resubscribed() throws InterruptedException {
            return resubscribed.poll(20, TimeUnit.SECONDS);
        }
    }
}
