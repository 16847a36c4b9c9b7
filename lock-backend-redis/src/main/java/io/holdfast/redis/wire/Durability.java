package io.holdfast.redis.wire;

import java.time.Duration;
import java.util.Objects;

/**
 * Who must have confirmed a write before it counts.
 *
 * @param replicas how many replicas must have it, 0 or more
 * @param onDisk whether it must be in the append-only file of the server that executed it, and of those replicas; needs Redis 7.2
 * @param timeout how long to wait for that, in whole milliseconds
 */
public record Durability(int replicas, boolean onDisk, Duration timeout) {
    /**
     * Checks.
     *
     * @param replicas how many replicas must have it
     * @param onDisk whether it must be in an append-only file
     * @param timeout how long to wait for that
     * @throws IllegalArgumentException if nobody has to confirm, or the timeout isn't positive
     */
    public Durability {
        Objects.requireNonNull(timeout, "timeout");
        if (replicas < 0 || (replicas == 0 && !onDisk)) {
            throw new IllegalArgumentException("replicas must be at least 1 (or onDisk true), but is " + replicas);
        }
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("timeout must be at least 1 ms, but is " + timeout);
        }
    }
}
