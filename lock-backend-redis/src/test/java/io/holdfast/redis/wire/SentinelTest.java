package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.bytes;
import static io.holdfast.redis.wire.Lua.list;
import static io.holdfast.redis.wire.Lua.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockBackendException;
import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisReplyException;
import io.holdfast.testservers.RedisSentinels;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisSentinelClient;

/** A primary that Sentinels replace. */
@Timeout(180)
@Execution(ExecutionMode.SAME_THREAD) // They share a server, and some change its settings or count its clients.
class SentinelTest {
    private static final String PASSWORD = "s3cret/@:";
    private static final String ENCODED = "s3cret%2F%40%3A";

    private static RedisSentinels group;

    private static final Duration FAIL_OVER_LIMIT = Duration.ofSeconds(75);

    private final SystemTime time = new SystemTime();
    private final SubscriptionTest.Heard heard = new SubscriptionTest.Heard();

    @BeforeAll
    static void start() {
        group = RedisSentinels.start(2, 3, server -> server.password(PASSWORD));
    }

    @AfterAll
    static void stop() {
        group.close();
    }

    @AfterEach
    void close() {
        time.close();
    }

    private Wire wire() {
        Wire wire = WireBuilder.to("redis+sentinel://:" + ENCODED + "@" + String.join(",", group.endpoints()) + "/"
                        + RedisSentinels.PRIMARY_NAME)
                .build(time, time);
        wire.listen(heard);
        return wire;
    }

    @Test
    void thePrimaryServes() {
        try (Wire wire = wire()) {
            Reply reply = wire.blocking().run(Lua.SET, list("k"), list("v")).join();

            assertThat(reply.node().name())
                    .isEqualTo("127.0.0.1:" + group.primary().port());
        }
    }

    @Test
    void theNewPrimaryServesAfterAnOrderlyFailOver() throws Exception {
        try (Wire wire = wire()) {
            Node before =
                    wire.blocking().run(Lua.SET, list("k"), list("v")).join().node();
            Address old = wire.address(bytes("k")).get(20, TimeUnit.SECONDS);
            failOver();

            Reply after = eventuallyByThePrimary(wire);

            assertThat(after.node()).isNotEqualTo(before);
            Address now = heard.resubscribed();
            assertThat(text(now.channel())).isEqualTo(text(old.channel()));
            BrokenConnectionTest.await(() -> Long.valueOf(1)
                    .equals(wire.run(Lua.PUBLISH, list("k"), List.of(now.channel(), bytes("x")))
                            .join()
                            .value()));
            group.awaitComplete();
        }
    }

    @Test
    void theNewPrimaryServesAfterTheOldOneDied() throws Exception {
        try (Wire wire = wire()) {
            wire.blocking().run(Lua.SET, list("k"), list("v")).join();
            RedisServer old = group.primary();
            old.kill();
            try {
                group.primaryAfter(old);

                eventuallyByThePrimary(wire);
            } finally {
                old.restart();
                group.awaitComplete();
            }
        }
    }

    @Test
    void oneSentinelIsEnough() {
        List<RedisServer> sentinels = group.sentinels();
        sentinels.get(0).pause();
        try (Wire wire = wire()) {
            assertThat(wire.blocking().run(Lua.SET, list("k"), list("v")).join().value())
                    .isNotNull();
        } finally {
            sentinels.get(0).resume();
        }
    }

    @Test
    void aNameThatNoSentinelKnows() {
        try (Wire wire = WireBuilder.to("redis+sentinel://" + group.endpoints().get(0) + "/nobody")
                .answerTimeout(Duration.ofSeconds(10))
                .build(time, time)) {
            LockBackendException failure =
                    ServerErrorsTest.failure(wire.blocking().run(Lua.ECHO, list("k"), list("x")));

            assertThat(failure).hasMessageContaining("doesn't watch a primary named nobody");
            assertThat(failure.outcomeKnown()).isTrue();
        }
    }

    @Test
    void theApplicationsClientLeadsToThePrimary() throws Exception {
        Set<HostAndPort> sentinels =
                group.endpoints().stream().map(HostAndPort::from).collect(Collectors.toSet());
        try (RedisSentinelClient client = RedisSentinelClient.builder()
                        .masterName(RedisSentinels.PRIMARY_NAME)
                        .sentinels(sentinels)
                        .clientConfig(DefaultJedisClientConfig.builder()
                                .password(PASSWORD)
                                .build())
                        .build();
                Wire wire = WireBuilder.over(client).build(time, time)) {
            wire.blocking().run(Lua.SET, list("k"), list("v")).join();
            wire.address(bytes("k")).get(20, TimeUnit.SECONDS);
            failOver();

            eventuallyByThePrimary(wire);
            BrokenConnectionTest.await(
                    () -> client.getCurrentMaster().getPort() == group.primary().port());
            assertThat(client.get("k")).isNotNull();
            group.awaitComplete();
        }
    }

    /** Sentinels refuse as long as they don't know enough of the replicas. */
    private static void failOver() {
        AtomicReference<RedisServer> primary = new AtomicReference<>();
        BrokenConnectionTest.await(() -> {
            try {
                primary.set(group.failOver());
            } catch (RedisReplyException e) {
                LockSupport.parkNanos(100_000_000);
            }
            return primary.get() != null;
        });
    }

    /** The first answer of the present primary. An old one may give answers, too, until it hears that it is a replica. */
    private static Reply eventuallyByThePrimary(Wire wire) throws Exception {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < FAIL_OVER_LIMIT.toNanos()) {
            CompletableFuture<Reply> future = wire.blocking().run(Lua.SET, list("k"), list("w"));
            if (future.isCompletedExceptionally()) {
                assertThat(ServerErrorsTest.failure(future)).hasMessageContaining("127.0.0.1");
            } else if (future.get(20, TimeUnit.SECONDS)
                    .node()
                    .name()
                    .endsWith(":" + group.primary().port())) {
                return future.join();
            }
        }
        throw new AssertionError("not served by the primary");
    }
}
