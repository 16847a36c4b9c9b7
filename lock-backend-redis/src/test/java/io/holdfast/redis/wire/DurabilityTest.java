package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.LockBackendException;
import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Replies that wait until others have the write. */
@Timeout(60)
@Execution(ExecutionMode.SAME_THREAD) // They share a server, and some change its settings or count its clients.
class DurabilityTest {
    private final SystemTime time = new SystemTime();

    @AfterEach
    void close() {
        time.close();
    }

    @Test
    void aReplyTellsWhetherTheReplicasHaveIt() {
        Durability patient = new Durability(1, false, Duration.ofSeconds(20));
        Durability impatient = new Durability(1, false, Duration.ofMillis(100));
        Durability two = new Durability(2, false, Duration.ofMillis(100));
        try (RedisServer primary = RedisServer.start();
                RedisServer replica = RedisServer.builder().replicaOf(primary).start();
                Wire waitsLong = TestWires.to(primary.uri()).durability(patient).build(time, time);
                Wire waitsShortly =
                        TestWires.to(primary.uri()).durability(impatient).build(time, time);
                Wire ofTwo = TestWires.to(primary.uri()).durability(two).build(time, time)) {
            BrokenConnectionTest.await(() -> replica.info("replication").contains("master_link_status:up"));

            assertThat(durable(waitsLong)).isTrue();
            assertThat(durable(ofTwo)).isFalse();
            replica.pause();
            assertThat(durable(waitsShortly)).isFalse();
            replica.resume();
            assertThat(durable(waitsLong)).isTrue();
        }
    }

    @Test
    void manyCommandsWaitOnce() {
        try (RedisServer primary = RedisServer.start();
                Wire wire = TestWires.to(primary.uri())
                        .durability(new Durability(1, false, Duration.ofMillis(200)))
                        .build(time, time)) {
            wire.run(Lua.ECHO, list("k"), list("connect")).join();
            List<CompletableFuture<Reply>> all = IntStream.range(0, 50)
                    .mapToObj(i -> wire.run(Lua.SET, list("k" + i), list("v"), true))
                    .toList();

            assertThat(all).allMatch(each -> !each.join().durable());
            // Once for those that come while the first of them waits; a few times more if they come slowly.
            assertThat(waits(primary)).isBetween(1, 10);
        }
    }

    @Test
    void waitingIsNotCountedAsSilence() {
        try (RedisServer primary = RedisServer.start();
                Wire wire = WireBuilder.to(primary.uri())
                        .answerTimeout(Duration.ofMillis(400))
                        .durability(new Durability(1, false, Duration.ofMillis(800)))
                        .build(time, time)) {
            wire.run(Lua.ECHO, list("k"), list("connect")).join();
            long start = time.read();
            CompletableFuture<Reply> durable = wire.run(Lua.SET, list("k"), list("v"), true);
            CompletableFuture<Reply> behind = wire.blocking().run(Lua.ECHO, list("k"), list("x"));

            Throwable silence = catchThrowable(durable::join);
            Throwable silenceBehind = catchThrowable(behind::join);
            Duration taken = Duration.ofNanos(time.read() - start);
            assumeTrue(
                    taken.compareTo(Duration.ofMillis(950)) < 0,
                    () -> "this machine was too busy: waiting for 800 ms has taken " + taken);
            assertThat(silence).isNull();
            assertThat(silenceBehind).isNull();
            assertThat(durable.join().durable()).isFalse();
            assertThat(durable.join().resent()).isFalse();
            assertThat(behind.join().resent()).isFalse();
        }
    }

    @Test
    void whoDoesNotAskDoesNotWait() {
        try (RedisServer primary = RedisServer.start();
                Wire wire = TestWires.to(primary.uri())
                        .durability(new Durability(1, false, Duration.ofSeconds(10)))
                        .build(time, time)) {
            long start = time.read();

            assertThat(wire.blocking().run(Lua.SET, list("k"), list("v")).join().durable())
                    .isTrue();
            assertThat(Duration.ofNanos(time.read() - start)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void aServerThatCantWaitForTheDiskSaysSo() {
        // The command came with Redis 7.2.
        try (RedisServer primary = RedisServer.start();
                Wire wire = TestWires.to(primary.uri())
                        .durability(new Durability(0, true, Duration.ofMillis(100)))
                        .build(time, time)) {
            LockBackendException failure =
                    ServerErrorsTest.failure(wire.blocking().run(Lua.SET, list("k"), list("v"), true));

            assertThat(failure).hasMessageContaining("WAITAOF");
            assertThat(failure.outcomeKnown()).isFalse();
        }
    }

    @Test
    void durabilityAsksForSomebody() {
        assertThatThrownBy(() -> new Durability(0, false, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("replicas");
        assertThatThrownBy(() -> new Durability(1, false, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout");
    }

    /** How often the server was told to wait for replicas. */
    private static int waits(RedisServer server) {
        return server.info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_wait:calls="))
                .mapToInt(line -> Integer.parseInt(line.replaceFirst("^cmdstat_wait:calls=(\\d+),.*", "$1")))
                .sum();
    }

    private static boolean durable(Wire wire) {
        return wire.blocking().run(Lua.SET, list("k"), list("v"), true).join().durable();
    }
}
