package io.holdfast.benchmarks.contestants;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.Locks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Holdfast's in-memory engine with its default options: a lease of 30 seconds, renewed automatically. */
final class HoldfastLocks implements NamedLocks<LockHandle>, ExpiringLocks {
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(10);
    private static final LockOptions UNRENEWED = LockOptions.defaults().withAutoRenewal(false);

    private final DistributedLock locks = Locks.open("memory:");

    @Override
    public LockHandle acquire(String resource, String client) throws InterruptedException {
        return locks.acquire(resource, client, LONG_ENOUGH);
    }

    @Override
    public void release(LockHandle hold) {
        hold.close();
    }

    @Override
    public CompletableFuture<?> abandon(String resource, Duration lease) {
        locks.acquireAsync(resource, "holder", Duration.ZERO, UNRENEWED.withLease(lease))
                .join();
        return locks.acquireAsync(resource, "waiter", LONG_ENOUGH, UNRENEWED.withLease(LONG_ENOUGH));
    }

    @Override
    public void close() {
        locks.close();
    }
}
