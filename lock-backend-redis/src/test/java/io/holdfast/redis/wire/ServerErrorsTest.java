package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.LockBackendException;
import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.exceptions.JedisException;

/** What a caller hears when a server refuses: which server, why, what to do, and whether anything was changed. */
@Timeout(60)
@Execution(ExecutionMode.SAME_THREAD) // They share a server, and some change its settings or count its clients.
class ServerErrorsTest {
    private static final String SECRET = "s3cr3t-pass%w0rd";

    private final SystemTime time = new SystemTime();

    @AfterEach
    void close() {
        time.close();
    }

    @Test
    void aWrongPassword() {
        try (RedisServer server = RedisServer.builder().password("right").start();
                Wire wire = wire("redis://:s3cr3t-pass%25w0rd@127.0.0.1:" + server.port())) {
            assertThat(refused(server, wire.blocking().run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("doesn't accept the credentials")
                    .hasMessageContaining("WRONGPASS");
        }
    }

    @Test
    void aMissingPassword() {
        try (RedisServer server = RedisServer.builder().password("right").start();
                Wire wire = wire("redis://127.0.0.1:" + server.port())) {
            assertThat(refused(server, wire.blocking().run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("doesn't accept the credentials")
                    .hasMessageContaining("NOAUTH");
            assertThat(wire.address(Lua.bytes("k")))
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .havingCause()
                    .withMessageContaining("NOAUTH");
        }
    }

    @Test
    void aNeedlessPassword() {
        try (RedisServer server = RedisServer.builder().start();
                Wire wire = wire("redis://:s3cr3t-pass%25w0rd@127.0.0.1:" + server.port())) {
            assertThat(refused(server, wire.blocking().run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("has no password, but one was given");
        }
    }

    @Test
    void aUserWithoutTheRights() {
        try (RedisServer server = RedisServer.builder()
                        .user("ann on >ann ~* +@all -evalsha")
                        .user("ben on >ben ~locks:* +@all")
                        .start();
                Wire ann = wire("redis://ann:ann@127.0.0.1:" + server.port());
                Wire ben = wire("redis://ben:ben@127.0.0.1:" + server.port())) {
            assertThat(refused(server, ann.blocking().run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("check its ACL rules")
                    .hasMessageContaining("evalsha");
            assertThat(refused(server, ben.blocking().run(Lua.SET, list("other"), list("v"))))
                    .hasMessageContaining("check its ACL rules");
            assertThat(ben.blocking().run(Lua.SET, list("locks:1"), list("v"))).isCompleted();
        }
    }

    @Test
    void aRightThatIsMissingInsideAScriptLeavesTheOutcomeUnknown() {
        Script twoSteps = Script.of("steps", "redis.call('SET', KEYS[1], 1) return redis.call('PUBLISH', 'c', 'x')");
        try (RedisServer server = RedisServer.builder()
                        .user("ann on >ann ~* +@all -publish")
                        .start();
                Wire wire = wire("redis://ann:ann@127.0.0.1:" + server.port())) {
            LockBackendException failure = failure(wire.blocking().run(twoSteps, list("k"), List.of()));

            assertThat(failure.outcomeKnown()).isFalse();
            assertThat(server.command("GET", "k")).isEqualTo("1");
        }
    }

    @Test
    void aNumberOfNoDatabase() {
        try (RedisServer server = RedisServer.start();
                Wire wire = wire(server.uri() + "/99")) {
            assertThat(refused(server, wire.blocking().run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("DB index is out of range");
        }
    }

    @Test
    void tooManyClients() {
        try (RedisServer server = RedisServer.builder().config("maxclients 1").start();
                Wire first = wire(server.uri());
                Wire second = impatientWire(server.uri())) {
            first.blocking().run(Lua.SET, list("k"), list("v")).join();

            assertThat(refused(server, second.blocking().run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("max number of clients");
        }
    }

    @Test
    void aCertificateThatIsNotTrusted() {
        try (RedisServer server = RedisServer.builder().tls().start();
                Wire wire = wire(server.uri())) {
            assertThat(refused(server, wire.blocking().run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("the TLS handshake")
                    .hasRootCauseInstanceOf(java.security.GeneralSecurityException.class);
        }
    }

    @Test
    void tlsToAPortThatSpeaksNone() {
        try (RedisServer server = RedisServer.start();
                Wire wire = impatientWire(server.uri().replace("redis:", "rediss:"))) {
            assertThat(refused(server, wire.blocking().run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("check that the port speaks TLS");
        }
    }

    @Test
    void aServerThatIsLoading() {
        // Loading pauses for 2 ms at each key.
        try (RedisServer server = RedisServer.builder()
                        .config(
                                "enable-debug-command local",
                                "key-load-delay 2000",
                                "loading-process-events-interval-bytes 1024")
                        .start();
                Wire wire = WireBuilder.to(server.uri())
                        .answerTimeout(Duration.ofSeconds(10))
                        .build(time, time)) {
            server.command("DEBUG", "POPULATE", "10000", "key", "100");
            new Thread(() -> ignoringFailure(() -> server.command("DEBUG", "RELOAD"))).start();
            BrokenConnectionTest.await(() -> String.valueOf(catchThrowable(() -> server.command("GET", "k")))
                    .contains("LOADING"));

            assertThat(refused(server, wire.blocking().run(Lua.SET, list("k"), list("v"))))
                    .hasMessageContaining("is still loading its data");
        }
    }

    private Wire wire(String uri) {
        return TestWires.to(uri).build(time, time);
    }

    /** For servers that leave a client waiting, or say that another try may help. */
    private Wire impatientWire(String uri) {
        return WireBuilder.to(uri).answerTimeout(Duration.ofSeconds(2)).build(time, time);
    }

    static void ignoringFailure(ThrowingCallable action) {
        Throwable unused = catchThrowable(action);
    }

    static LockBackendException failure(CompletableFuture<?> future) {
        Throwable thrown = catchThrowable(() -> future.get(30, TimeUnit.SECONDS));
        assertThat(thrown).hasCauseInstanceOf(LockBackendException.class);
        return (LockBackendException) thrown.getCause();
    }

    /** A failure that names the server, has Jedis's exception as its cause, changed nothing, and tells no password. */
    static LockBackendException refused(RedisServer server, CompletableFuture<?> future) {
        LockBackendException failure = failure(future);
        assertThat(failure.outcomeKnown()).as("outcome known of %s", failure).isTrue();
        assertThat(failure).hasMessageContaining("127.0.0.1:" + server.port()).hasCauseInstanceOf(JedisException.class);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain(SECRET).doesNotContain("s3cr3t");
        }
        return failure;
    }
}
