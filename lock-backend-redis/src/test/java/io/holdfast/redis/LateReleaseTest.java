package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockBackendException;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TcpProxy;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests that were sent a second time, by another connection, and whose first sending a server may carry out late. What ended their hold
 * must keep such a copy from beginning another one, however the hold was named.
 */
class LateReleaseTest {
    private static final String RESOURCE = "resource";

    private RedisServer server;
    private TcpProxy proxy;
    private LockBackend backend;

    @BeforeEach
    void connect() {
        server = RedisServer.start();
        proxy = TcpProxy.to(server);
        backend = TestBackends.connect("redis://127.0.0.1:" + proxy.port());
    }

    @AfterEach
    void close() {
        backend.close();
        proxy.close();
        server.close();
    }

    @Test
    void aReleaseByTheGrantIsRemembered() {
        Grant grant = grantedAtTheSecondSending();
        assertThat(await(backend.release(grant))).isTrue();

        assertLateCopyDoesNothing();
    }

    @Test
    void aReleaseByTheClientIsRemembered() {
        Grant unused = grantedAtTheSecondSending();
        assertThat(await(backend.release(HoldRef.ofClient(RESOURCE, "client")))).isTrue();

        assertLateCopyDoesNothing();
    }

    @Test
    void ofAHoldThatWasSharedEachRequestIsRemembered() {
        Grant unused = grantedAtTheSecondSending();
        Grant shared = (Grant) await(backend.acquire(request(2)));
        assertThat(await(backend.release(shared))).isTrue();

        assertLateCopyDoesNothing();
    }

    @Test
    void aReleaseWhoseAnswerIsLostDoesNotSayThatItEndedNothing() {
        Grant grant = (Grant) await(backend.acquire(request(1)));
        proxy.loseNextReply();

        assertThat(backend.release(grant).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(LockBackendException.class)
                .satisfies(failure -> assertThat(((LockBackendException) failure.getCause()).outcomeKnown())
                        .isFalse());
        assertThat(await(backend.release(grant))).isFalse();
    }

    private Grant grantedAtTheSecondSending() {
        proxy.loseNextReply();
        return (Grant) await(backend.acquire(request(1)));
    }

    /** The copy is what the first connection would still bring. */
    private void assertLateCopyDoesNothing() {
        assertThat(server.command("SISMEMBER", "holdfast:{resource}:withdrawn", "0000000000000001"))
                .isEqualTo(1L);
        try (LockBackend late = TestBackends.connect(server.uri())) {
            assertThat(late.acquire(request(1)).toCompletableFuture()).failsWithin(Duration.ofSeconds(20));
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
