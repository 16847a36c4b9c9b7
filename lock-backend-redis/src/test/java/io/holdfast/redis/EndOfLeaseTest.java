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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The end of a lease, which nobody is told of. */
class EndOfLeaseTest {
    private static final String RESOURCE = "resource";
    private static final long LONG_LEASE = 600_000;
    /** Not shorter, since a busy machine takes its time; the test lasts for two of them. */
    private static final long SHORT_LEASE = 1_500;

    /** Far shorter than the long lease. */
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void whoWaitedForALongHoldIsServedAfterAShortOneThatFollowedIt() {
        try (RedisServer server = RedisServer.start();
                LockBackend alice = TestBackends.connect(server.uri());
                LockBackend bob = TestBackends.connect(server.uri());
                LockBackend carol = TestBackends.connect(server.uri())) {
            Grant first = (Grant) acquire(alice, 1, LONG_LEASE, 0);
            CompletableFuture<Optional<Grant>> second = queued(bob, 2);
            CompletableFuture<Optional<Grant>> third = queued(carol, 3);

            assertThat(alice.release(first)).succeedsWithin(SOON);
            assertThat(second).succeedsWithin(SOON).matches(Optional::isPresent);

            // Bob's process is gone: it neither renews nor releases.
            assertThat(third).succeedsWithin(SOON).matches(Optional::isPresent);
        }
    }

    private static CompletableFuture<Optional<Grant>> queued(LockBackend backend, long id) {
        AcquireReply reply = acquire(backend, id, SHORT_LEASE, TimeUnit.MINUTES.toNanos(5));
        return ((AcquireReply.Queued) reply).grant().toCompletableFuture();
    }

    private static AcquireReply acquire(LockBackend backend, long id, long leaseMillis, long waitNanos) {
        long now = TestBackends.TIME.read();
        return backend.acquire(new AcquireRequest(id, RESOURCE, "client-" + id, leaseMillis, waitNanos, now))
                .toCompletableFuture()
                .orTimeout(SOON.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
