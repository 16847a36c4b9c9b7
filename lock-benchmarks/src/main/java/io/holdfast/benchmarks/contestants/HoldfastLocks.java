package io.holdfast.benchmarks.contestants;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.Locks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Holdfast on any of its backends, with handles and auto-renewal as they are by default. */
public final class HoldfastLocks implements AsyncNamedLocks<LockHandle>, RenewableLocks<LockHandle>, ExpiringLocks {
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(10);

    private final LockOptions options;
    private final LockOptions unrenewed;
    private final DistributedLock locks;

    /**
     * Opens a backend.
     *
     * @param uri which one
     * @param lease how long a hold lasts without renewal
     */
    public HoldfastLocks(String uri, Duration lease) {
        options = LockOptions.defaults().withLease(lease);
        unrenewed = options.withAutoRenewal(false);
        locks = Locks.open(uri);
    }

    @Override
    public LockHandle acquire(String resource, String client) throws InterruptedException {
        return locks.acquire(resource, client, LONG_ENOUGH, options);
    }

    @Override
    public void release(LockHandle hold) {
        hold.close();
    }

    @Override
    public CompletionStage<LockHandle> acquireAsync(String resource, String client) {
        return locks.acquireAsync(resource, client, LONG_ENOUGH, options);
    }

    @Override
    public CompletionStage<?> releaseAsync(LockHandle hold) {
        return hold.releaseAsync();
    }

    @Override
    public void requireHeld(LockHandle hold) {
        hold.ensureValid();
        renew(hold);
    }

    @Override
    public LockHandle renew(LockHandle hold) {
        if (!hold.heartbeat()) {
            throw new IllegalStateException(hold.resource() + " isn't held any more");
        }
        return hold;
    }

    @Override
    public CompletableFuture<?> abandon(String resource, Duration lease) {
        locks.acquireAsync(resource, "holder", Duration.ZERO, unrenewed.withLease(lease))
                .join();
        return locks.acquireAsync(resource, "waiter", LONG_ENOUGH, unrenewed.withLease(LONG_ENOUGH));
    }

    @Override
    public void close() {
        locks.close();
    }
}
