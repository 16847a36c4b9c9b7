package io.holdfast.benchmarks.contestants.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import io.holdfast.benchmarks.contestants.ExpiringLocks;
import io.holdfast.benchmarks.contestants.RenewableLocks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A Caffeine cache with an entry per held lock that expires with its lease: what an in-memory engine would be that
 * leaves leases to a cache. It has tokens, but no queue (a thread that finds the lock taken yields and tries again), no
 * handle and no renewal.
 */
public final class CaffeineLocks implements RenewableLocks<EntryHold>, ExpiringLocks {
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final AtomicLong tokens = new AtomicLong();
    private final Cache<String, EntryHold> holds = Caffeine.newBuilder()
            .expireAfter(Expiry.<String, EntryHold>creating((resource, hold) -> hold.lease))
            .scheduler(Scheduler.systemScheduler())
            .evictionListener(CaffeineLocks::evicted)
            .build();

    private static void evicted(@Nullable String resource, @Nullable EntryHold hold, RemovalCause cause) {
        if (hold != null && cause == RemovalCause.EXPIRED) {
            hold.expired();
        }
    }

    @Override
    public EntryHold acquire(String resource, String client) throws InterruptedException {
        EntryHold hold = new EntryHold(resource, client, tokens.incrementAndGet(), LEASE, null);
        while (holds.asMap().putIfAbsent(resource, hold) != null) {
            Polling.pause();
        }
        return hold;
    }

    @Override
    public EntryHold renew(EntryHold hold) {
        if (holds.getIfPresent(hold.resource) != hold) {
            throw new IllegalStateException(hold.resource + " isn't held any more");
        }
        holds.policy().expireVariably().orElseThrow().setExpiresAfter(hold.resource, hold.lease);
        return hold;
    }

    @Override
    public void release(EntryHold hold) {
        holds.asMap().remove(hold.resource, hold);
    }

    @Override
    public CompletableFuture<?> abandon(String resource, Duration lease) {
        CompletableFuture<Void> expiry = new CompletableFuture<>();
        EntryHold hold = new EntryHold(resource, "holder", tokens.incrementAndGet(), lease, expiry);
        if (holds.asMap().putIfAbsent(resource, hold) != null) {
            throw new IllegalStateException(resource + " is held already");
        }
        return expiry;
    }

    @Override
    public void close() {
        holds.invalidateAll();
    }
}
