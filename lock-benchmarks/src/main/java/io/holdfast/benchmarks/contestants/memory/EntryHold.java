package io.holdfast.benchmarks.contestants.memory;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A hold that is an entry of a map. Two holds are never equal, so that a late release removes nobody else's. */
public final class EntryHold {
    final String resource;
    final String client;
    final long token;
    final Duration lease;
    final @Nullable CompletableFuture<Void> expiry;
    volatile @Nullable Future<?> timer;

    EntryHold(String resource, String client, long token, Duration lease, @Nullable CompletableFuture<Void> expiry) {
        this.resource = resource;
        this.client = client;
        this.token = token;
        this.lease = lease;
        this.expiry = expiry;
    }

    /** Tells whoever wants to know that the lease has run out. */
    void expired() {
        if (expiry != null) {
            expiry.complete(null);
        }
    }
}
