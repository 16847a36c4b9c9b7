package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.bytes;
import static io.holdfast.redis.wire.Lua.list;
import static io.holdfast.redis.wire.Lua.text;
import static org.assertj.core.api.Assertions.assertThat;

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
@Timeout(30)
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
        wire = WireBuilder.to("redis://127.0.0.1:" + proxy.port())
                .answerTimeout(Duration.ofMillis(600))
                .build(time, time);
        wire.listen(heard);
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
        address();
        proxy.silence(Direction.TO_CLIENT);
        Thread.sleep(900); // Ping interval and patience are 300 ms each.
        proxy.reset();
        proxy.restore();

        assertThat(heard.resubscribed()).isNotNull();
        assertThat(publish(address(), "x")).isEqualTo(1L);
    }

    @Test
    void anIdleSubscriptionIsKept() throws Exception {
        Address address = address();
        Thread.sleep(1_000); // Several intervals of the ping.

        assertThat(publish(address, "still there?")).isEqualTo(1L);
        assertThat(heard.resubscribed).isEmpty();
    }

    @Test
    void withoutAServerThereIsNoAddress() {
        proxy.refuse();

        assertThat(wire.address(bytes("key")))
                .failsWithin(Duration.ofSeconds(5))
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

        assertThat(answers.poll(5, TimeUnit.SECONDS)).isEqualTo("echo");
    }

    private Address address() {
        return wire.address(bytes("key")).orTimeout(5, TimeUnit.SECONDS).join();
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
            return messages.poll(5, TimeUnit.SECONDS);
        }

        Address resubscribed() throws InterruptedException {
            return resubscribed.poll(5, TimeUnit.SECONDS);
        }
    }
}
