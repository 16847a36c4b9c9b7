package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockBackendException;
import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TestCertificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that is stuck in writing to an encrypted connection, whose end has to be written, too. */
@Timeout(120)
class StuckTlsTest {
    /** More than the buffers on the way take. */
    private static final int HUGE = 30_000_000;

    private final SystemTime time = new SystemTime();
    private RedisServer server;
    private Wire wire;

    private void connect(Duration answerTimeout) throws Exception {
        server = RedisServer.builder().tls().start();
        wire = WireBuilder.to(server.uri())
                .ssl(TestCertificate.get().sslContext(), null)
                .answerTimeout(answerTimeout)
                .build(time, time);
        wire.run(Lua.ECHO, list("k"), list("warm-up")).get();
        server.pause();
    }

    @AfterEach
    void close() {
        server.resume();
        wire.close();
        server.close();
        time.close();
    }

    @Test
    void aHugeCommandToASilentServerIsAnErrorInTime() throws Exception {
        connect(Duration.ofSeconds(2));
        CompletableFuture<Reply> huge = wire.run(Lua.ECHO, list("k"), List.of(new byte[HUGE]));

        assertThat(huge)
                .failsWithin(TestWires.PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(LockBackendException.class);
        server.resume();
        BrokenConnectionTest.await(() -> wire.run(Lua.ECHO, list("k"), list("again"))
                .handle((reply, failure) -> failure == null)
                .join());
    }

    @Test
    void closingDoesNotWaitForTheWriter() throws Exception {
        connect(Duration.ofMinutes(2));
        CompletableFuture<Reply> huge = wire.run(Lua.ECHO, list("k"), List.of(new byte[HUGE]));
        Hook.awaitWriter(server.port());
        CompletableFuture<Void> closed = CompletableFuture.runAsync(wire::close);

        assertThat(closed).succeedsWithin(TestWires.PATIENCE);
        assertThat(huge).failsWithin(TestWires.PATIENCE);
    }
}
