package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests that a stopped server carries out late, after they were sent a second time by another connection. What ended their hold must
 * keep such a copy from beginning another one, however the hold was named.
 */
class LateReleaseTest {
    private static final Duration ANSWER = Duration.ofSeconds(4);
    private static final String RESOURCE = "resource";

    private RedisServer server;
    private LockBackend backend;

    @BeforeEach
    void connect() {
        server = RedisServer.start();
        backend = RedisLocks.builder(server.uri())
                .answerTimeout(ANSWER)
                .backend(TestBackends.TIME, TestBackends.TIME, () -> {});
    }

    @AfterEach
    void close() {
        backend.close();
        server.close();
    }

    @Test
    void aReleaseByTheGrantIsRemembered() throws Exception {
        Grant grant = grantedAtTheSecondSending();
        assertThat(await(backend.release(grant))).isTrue();

        assertLateCopyDoesNothing();
    }

    @Test
    void aReleaseByTheClientIsRemembered() throws Exception {
        Grant unused = grantedAtTheSecondSending();
        assertThat(await(backend.release(HoldRef.ofClient(RESOURCE, "client")))).isTrue();

        assertLateCopyDoesNothing();
    }

    @Test
    void ofAHoldThatWasSharedEachRequestIsRemembered() throws Exception {
        Grant unused = grantedAtTheSecondSending();
        Grant shared = (Grant) await(backend.acquire(request(2)));
        assertThat(await(backend.release(shared))).isTrue();

        assertLateCopyDoesNothing();
    }

    private Grant grantedAtTheSecondSending() throws InterruptedException {
        server.pause();
        CompletionStage<AcquireReply> reply = backend.acquire(request(1));
        // Until the connection is given up, after half of the answer timeout.
        TimeUnit.MILLISECONDS.sleep(ANSWER.toMillis() * 5 / 8);
        server.resume();
        return (Grant) await(reply);
    }

    /** The copy is what the first connection would still bring. */
    private void assertLateCopyDoesNothing() {
        assertThat(server.command("SISMEMBER", "holdfast:{resource}:withdrawn", "0000000000000001"))
                .isEqualTo(1L);
        try (LockBackend late = TestBackends.connect(server.uri())) {
            assertThat(late.acquire(request(1)).toCompletableFuture()).failsWithin(Duration.ofSeconds(10));
            assertThat(await(late.inspect(RESOURCE))).isEmpty();
        }
    }

    private static AcquireRequest request(long id) {
        return new AcquireRequest(id, RESOURCE, "client", 30_000, 0, TestBackends.TIME.read());
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
