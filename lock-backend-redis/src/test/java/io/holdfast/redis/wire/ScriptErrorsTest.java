package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.list;
import static io.holdfast.redis.wire.ServerErrorsTest.failure;
import static io.holdfast.redis.wire.ServerErrorsTest.ignoringFailure;
import static io.holdfast.redis.wire.ServerErrorsTest.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisBinary;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What servers answer to a script while it runs; Redis 6.2 words it in another way than 7. */
@Timeout(60)
@Execution(ExecutionMode.SAME_THREAD) // They share a server, and some change its settings or count its clients.
@ParameterizedClass
@MethodSource("versions")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScriptErrorsTest {
    private final SystemTime time = new SystemTime();

    @Parameter
    private RedisBinary binary;

    private RedisServer server;
    private Wire wire;

    static Stream<RedisBinary> versions() {
        return Stream.concat(Stream.of(RedisBinary.standard()), RedisBinary.oldest().stream());
    }

    @BeforeAll
    void connect() {
        server = RedisServer.builder().binary(binary).start();
        wire = TestWires.to(server.uri()).build(time, time).blocking();
    }

    @BeforeEach
    void empty() {
        server.command("FLUSHALL");
    }

    @AfterAll
    void close() {
        wire.close();
        time.close();
        server.close();
    }

    @Test
    void aKeyOfAnotherType() {
        server.command("RPUSH", "k", "element");

        assertThat(refused(server, wire.run(Lua.GET, list("k"), List.of())))
                .hasMessageContaining("has something else under a key of the lock")
                .hasMessageContaining("'get'");
    }

    @Test
    void anErrorOfTheScriptItself() {
        Script wrong = Script.of("wrong", "redis.call('SET', KEYS[1], 1) error('oops')");

        assertThat(failure(wire.run(wrong, list("k"), List.of())).outcomeKnown())
                .isFalse();
        assertThat(server.command("GET", "k")).isEqualTo("1");
    }

    @Test
    void aReadOnlyReplica() {
        server.command("REPLICAOF", "127.0.0.1", "1");
        try {
            assertThat(refused(server, wire.run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("is a read-only replica");
        } finally {
            server.command("REPLICAOF", "NO", "ONE");
        }
    }

    @Test
    void aReplicaThatRefusesToReadWithoutItsPrimary() {
        server.command("CONFIG", "SET", "replica-serve-stale-data", "no");
        server.command("REPLICAOF", "127.0.0.1", "1");
        try {
            assertThat(refused(server, wire.run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("connect to the primary");
        } finally {
            server.command("REPLICAOF", "NO", "ONE");
            server.command("CONFIG", "SET", "replica-serve-stale-data", "yes");
        }
    }

    @Test
    void aServerThatBecomesAPrimaryInTimeIsNotNoticed() throws Exception {
        server.command("REPLICAOF", "127.0.0.1", "1");
        CompletableFuture<Long> promoted = new CompletableFuture<>();
        Thread promotion = new Thread(() -> {
            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
            server.command("REPLICAOF", "NO", "ONE");
            promoted.complete(time.read());
        });
        long start = time.read();
        promotion.start();

        CompletableFuture<Reply> answer = wire.run(Lua.SET, list("k"), list("v"));

        Duration taken = Duration.ofNanos(promoted.get(30, TimeUnit.SECONDS) - start);
        assumeTrue(
                taken.compareTo(Duration.ofNanos(Limits.graceNanos())
                                .multipliedBy(3)
                                .dividedBy(4))
                        < 0,
                () -> "this machine was too busy: the promotion took " + taken);
        assertThat(answer.join().value()).isNotNull();
    }

    @Test
    void noMemory() {
        server.command("CONFIG", "SET", "maxmemory", "1");
        try {
            assertThat(refused(server, wire.run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("is out of memory");
        } finally {
            server.command("CONFIG", "SET", "maxmemory", "0");
        }
    }

    @Test
    void tooFewReplicas() {
        server.command("CONFIG", "SET", "min-replicas-to-write", "1");
        try {
            assertThat(refused(server, wire.run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("has too few replicas");
        } finally {
            server.command("CONFIG", "SET", "min-replicas-to-write", "0");
        }
    }

    @Test
    void aDiskThatCantBeWritten() {
        server.command("SET", "some", "data");
        server.command("CONFIG", "SET", "save", "3600 1");
        String folder = String.valueOf(((List<?>) server.command("CONFIG", "GET", "dir")).get(1));
        java.io.File target = new java.io.File(folder, "dump.rdb");
        assertThat(target.mkdir()).isTrue(); // Nothing can be renamed to a folder, not even by root.
        try {
            ignoringFailure(() -> server.command("BGSAVE"));
            BrokenConnectionTest.await(() -> server.info("persistence").contains("rdb_last_bgsave_status:err"));

            assertThat(refused(server, wire.run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("can't save its data");
        } finally {
            assertThat(target.delete()).isTrue();
            server.command("CONFIG", "SET", "save", "");
        }
    }

    @Test
    void aScriptThatDoesNotEnd() throws Exception {
        wire.run(Lua.SET, list("k"), list("v")).join();
        server.command("CONFIG", "SET", "lua-time-limit", "10");
        Thread busy = new Thread(() -> ignoringFailure(() -> server.command("EVAL", "while true do end", "0")));
        busy.start();
        try {
            BrokenConnectionTest.await(() -> String.valueOf(catchThrowable(() -> server.command("GET", "k")))
                    .contains("BUSY"));

            CompletableFuture<Reply> answer = wire.run(Lua.SET, list("k"), list("v"));

            assertThat(refused(server, answer)).hasMessageContaining("is busy with a script that doesn't end");
        } finally {
            server.command("SCRIPT", "KILL");
            busy.join();
        }
    }
}
