package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A release that hands over to a waiter of the same process: the answer tells, and when it is lost, the waiter finds out by itself. */
class ToldByAnswerTest {
    private static final String RESOURCE = "resource";
    /** Far shorter than the lease, by whose end everybody would find out. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final long LEASE_MILLIS = 60_000;

    private RedisServer server;

    @BeforeEach
    void start() {
        server = RedisServer.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void noMessageIsNeeded() {
        try (LockBackend backend = TestBackends.connect(server.uri())) {
            Grant first = granted(backend, 1);
            CompletableFuture<Optional<Grant>> turn = queued(backend, 2);
            server.command("CONFIG", "RESETSTAT");

            assertThat(await(backend.release(first))).isTrue();

            Grant second = turn.join().orElseThrow();
            assertThat(second.token()).isGreaterThan(first.token());
            assertThat(server.info("commandstats")).doesNotContain("publish", "numsub");
            assertThat(await(backend.release(second))).isTrue();
            assertThat(await(backend.inspect(RESOURCE))).isEmpty();
        }
    }

    @Test
    void aProcessThatDoesNotReleaseIsToldByAMessage() {
        try (LockBackend backend = TestBackends.connect(server.uri());
                LockBackend other = TestBackends.connect(server.uri())) {
            Grant first = granted(backend, 1);
            CompletableFuture<Optional<Grant>> theirs = queued(other, 2);
            CompletableFuture<Optional<Grant>> ours = queued(backend, 3);

            assertThat(await(backend.release(first))).isTrue();
            assertThat(theirs).succeedsWithin(SOON);
            assertThat(ours).isNotDone();

            assertThat(await(other.release(theirs.join().orElseThrow()))).isTrue();
            assertThat(ours).succeedsWithin(SOON);
        }
    }

    @Test
    void aPrefixMayHaveBlanks() {
        try (LockBackend backend = TestBackends.builder(server.uri())
                        .prefix("my app: ")
                        .backend(TestBackends.TIME, TestBackends.TIME, () -> {});
                LockBackend other = TestBackends.builder(server.uri())
                        .prefix("my app: ")
                        .backend(TestBackends.TIME, TestBackends.TIME, () -> {})) {
            Grant first = granted(backend, 1);
            CompletableFuture<Optional<Grant>> theirs = queued(other, 2);
            CompletableFuture<Optional<Grant>> ours = queued(backend, 3);

            assertThat(await(backend.release(first))).isTrue();
            assertThat(theirs).succeedsWithin(SOON);
            assertThat(await(other.release(theirs.join().orElseThrow()))).isTrue();
            assertThat(ours).succeedsWithin(SOON);
        }
    }

    @Test
    void whoseAnswerIsLostAsksWhoseTurnItIs() {
        try (ProxiedBackend backend = ProxiedBackend.connect(server)) {
            Grant first = granted(backend, 1);
            CompletableFuture<Optional<Grant>> second = queued(backend, 2);
            CompletableFuture<Optional<Grant>> third = queued(backend, 3);
            backend.network().loseNextReply();

            CompletableFuture<Boolean> unused = backend.release(first).toCompletableFuture();

            assertThat(second).succeedsWithin(SOON).matches(Optional::isPresent);
            assertThat(third).isNotDone();
        }
    }

    @Test
    void whoseSubscriptionWasCutAsksWhoseTurnItIs() {
        try (LockBackend backend = TestBackends.connect(server.uri());
                LockBackend other = TestBackends.connect(server.uri())) {
            Grant first = granted(backend, 1);
            CompletableFuture<Optional<Grant>> theirs = queued(other, 2);
            server.command("CLIENT", "KILL", "TYPE", "pubsub");

            assertThat(await(backend.release(first))).isTrue();

            assertThat(theirs).succeedsWithin(SOON).matches(Optional::isPresent);
        }
    }

    @Test
    void aReleaseThatFailedAndIsCarriedOutLateIsNoticed() throws Exception {
        try (LockBackend backend = TestBackends.builder(server.uri())
                .answerTimeout(Duration.ofSeconds(2))
                .backend(TestBackends.TIME, TestBackends.TIME, () -> {})) {
            Grant first = granted(backend, 1);
            CompletableFuture<Optional<Grant>> second = queued(backend, 2);
            server.pause();
            CompletableFuture<Boolean> release = backend.release(first).toCompletableFuture();
            assertThat(release).failsWithin(SOON);
            TimeUnit.MILLISECONDS.sleep(100);
            server.resume();

            assertThat(second).succeedsWithin(SOON).matches(Optional::isPresent);
        }
    }

    private static Grant granted(LockBackend backend, long id) {
        return (Grant) await(backend.acquire(request(id, 0)));
    }

    private static CompletableFuture<Optional<Grant>> queued(LockBackend backend, long id) {
        AcquireReply reply =
                await(backend.acquire(request(id, Duration.ofMinutes(1).toNanos())));
        return ((AcquireReply.Queued) reply).grant().toCompletableFuture();
    }

    private static AcquireRequest request(long id, long waitNanos) {
        return new AcquireRequest(id, RESOURCE, "client-" + id, LEASE_MILLIS, waitNanos, TestBackends.TIME.read());
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
