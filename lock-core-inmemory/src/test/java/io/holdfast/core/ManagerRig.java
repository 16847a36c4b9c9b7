package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
import io.holdfast.LockStatus;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A lock manager on a scripted backend, in time that stands still; callbacks run on the thread that causes them. */
final class ManagerRig {
    static final String RESOURCE = "orders/42";
    static final Duration LEASE = Duration.ofSeconds(30);
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(1);
    static final LockOptions MANUAL = LockOptions.defaults().withAutoRenewal(false);

    final ManualTime time = new ManualTime();
    final ScriptedBackend backend;
    final LockManager manager;

    ManagerRig() {
        this(Runnable::run);
    }

    ManagerRig(Executor callbacks) {
        this(new ScriptedBackend(), callbacks);
    }

    ManagerRig(ScriptedBackend backend, Executor callbacks) {
        this.backend = backend;
        manager = LockManager.builder(backend)
                .time(time, time)
                .answerTimeout(ANSWER_TIMEOUT)
                .callbackExecutor(callbacks)
                .build();
    }

    void advance(Duration duration) {
        time.advance(duration);
    }

    void advanceTo(long moment) {
        time.advance(Duration.ofNanos(moment - time.read()));
    }

    Duration elapsed() {
        return Duration.ofNanos(time.read());
    }

    /** Asks and leaves the answer to the test. */
    CompletableFuture<LockHandle> ask(String client, Duration timeout) {
        return manager.acquireAsync(RESOURCE, client, timeout, MANUAL);
    }

    /** A hold that is valid for a full lease from now. */
    LockHandle hold(String client, long token, LockOptions options) {
        return hold(RESOURCE, client, token, options);
    }

    LockHandle hold(String resource, String client, long token, LockOptions options) {
        CompletableFuture<LockHandle> result = manager.acquireAsync(resource, client, Duration.ZERO, options);
        ScriptedBackend.Asked<AcquireRequest, AcquireReply> asked = backend.acquires.take();
        asked.reply(grant(asked.argument(), token));
        return result.join();
    }

    /** A request that has its place in the queue. */
    Waiting queue(String client, Duration timeout) {
        CompletableFuture<LockHandle> result = ask(client, timeout);
        ScriptedBackend.Asked<AcquireRequest, AcquireReply> asked = backend.acquires.take();
        CompletableFuture<Optional<Grant>> turn = new CompletableFuture<>();
        asked.reply(new AcquireReply.Queued(held("other"), turn));
        assertThat(result).isNotDone();
        return new Waiting(asked.argument(), turn, result);
    }

    record Waiting(
            AcquireRequest request, CompletableFuture<Optional<Grant>> turn, CompletableFuture<LockHandle> result) {
        void grant(long token) {
            turn.complete(Optional.of(ManagerRig.grant(request, token)));
        }
    }

    /** What a backend grants that has just got the request. */
    static Grant grant(AcquireRequest request, long token) {
        return new TestGrant(
                request.resource(),
                request.client(),
                token,
                request.leaseMillis(),
                request.startedAt() + Duration.ofMillis(request.leaseMillis()).toNanos());
    }

    Grant grantValidUntil(AcquireRequest request, long token, long moment) {
        return new TestGrant(request.resource(), request.client(), token, request.leaseMillis(), moment);
    }

    RenewOutcome renewedNow() {
        return new RenewOutcome.Renewed(time.read() + LEASE.toNanos());
    }

    List<RenewOutcome> allRenewedNow(List<?> holds) {
        return holds.stream().map(hold -> renewedNow()).toList();
    }

    static LockInfo held(String client) {
        return new LockInfo(
                RESOURCE,
                client,
                7,
                LockStatus.HELD,
                Instant.EPOCH,
                Instant.EPOCH.plus(LEASE),
                Duration.ofSeconds(10),
                1);
    }

    void assertNothingIsLeft() {
        assertThat(manager.size()).as("what the manager remembers").isZero();
    }

    /** Waits, in real time, until another thread has come to where it blocks. */
    static void awaitBlocked(Thread thread) {
        await(() -> thread.getState() == Thread.State.WAITING);
    }

    /** Waits, in real time, for what another thread is about to do and can't signal. */
    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("patience").isNegative();
            LockSupport.parkNanos(100_000);
        }
    }

    private record TestGrant(String resource, String client, long token, long leaseMillis, long validUntil)
            implements Grant {}
}
