package io.holdfast.benchmarks.contestants;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Locks whose holds end with their leases and that can tell of it. */
public interface ExpiringLocks extends AutoCloseable {
    /**
     * Holds a free resource and leaves it to its lease.
     *
     * @param resource what to lock
     * @param lease how long the hold lasts
     * @return completes at the moment from which on somebody else has the resource, or knows that he can have it
     */
    CompletableFuture<?> abandon(String resource, Duration lease);

    /** Stops what runs in the background. */
    @Override
    void close();
}
