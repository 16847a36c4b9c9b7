package io.holdfast.benchmarks.contestants.memory;

import io.holdfast.benchmarks.contestants.ExpiringLocks;
import io.holdfast.benchmarks.contestants.RenewableLocks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A concurrent map with an entry per held lock, and a task of a {@link ScheduledThreadPoolExecutor} that ends it with
 * its lease: the same as {@link CaffeineLocks} from the JDK alone. Tokens, but no queue (a thread that finds the lock
 * taken yields and tries again), no handle and no renewal.
 */
public final class MapAndTimerLocks implements RenewableLocks<EntryHold>, ExpiringLocks {
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final AtomicLong tokens = new AtomicLong();
    private final ConcurrentMap<String, EntryHold> holds = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

    /** No locks yet. */
    public MapAndTimerLocks() {
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public EntryHold acquire(String resource, String client) throws InterruptedException {
        EntryHold hold = new EntryHold(resource, client, tokens.incrementAndGet(), LEASE, null);
        while (holds.putIfAbsent(resource, hold) != null) {
            Polling.pause();
        }
        schedule(hold);
        return hold;
    }

    @Override
    public EntryHold renew(EntryHold hold) {
        Future<?> expiry = hold.timer;
        if (expiry == null || !expiry.cancel(false)) {
            throw new IllegalStateException(hold.resource + " isn't held any more");
        }
        schedule(hold);
        return hold;
    }

    @Override
    public void release(EntryHold hold) {
        if (holds.remove(hold.resource, hold)) {
            Future<?> expiry = hold.timer;
            if (expiry != null) {
                expiry.cancel(false);
            }
        }
    }

    @Override
    public CompletableFuture<?> abandon(String resource, Duration lease) {
        CompletableFuture<@Nullable Void> expiry = new CompletableFuture<>();
        EntryHold hold = new EntryHold(resource, "holder", tokens.incrementAndGet(), lease, expiry);
        if (holds.putIfAbsent(resource, hold) != null) {
            throw new IllegalStateException(resource + " is held already");
        }
        schedule(hold);
        return expiry;
    }

    private void schedule(EntryHold hold) {
        hold.timer = timer.schedule(() -> expire(hold), hold.lease.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void expire(EntryHold hold) {
        if (holds.remove(hold.resource, hold)) {
            hold.expired();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
