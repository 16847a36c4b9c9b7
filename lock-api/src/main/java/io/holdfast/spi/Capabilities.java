package io.holdfast.spi;

import io.holdfast.LockOptions;
import java.time.Duration;

/**
 * What a backend can and can't do beyond what every backend must.
 *
 * @param name the backend's name, for messages
 * @param minLease the shortest lease it grants; a shorter one that is asked for becomes this long
 * @param maxLease the longest lease it grants; a longer one is bad input, which the lock manager refuses before anything is sent
 * @param leaseGranularity leases are rounded up to a multiple of this
 * @param fair whether waiters of all processes are granted in the order in which the backend took them
 */
public record Capabilities(String name, Duration minLease, Duration maxLease, Duration leaseGranularity, boolean fair) {
    /**
     * What a backend can that grants every lease which can be asked for.
     *
     * @param name the backend's name, for messages
     * @param minLease the shortest lease it grants
     * @param leaseGranularity leases are rounded up to a multiple of this
     * @param fair whether waiters of all processes are granted in the order in which the backend took them
     */
    public Capabilities(String name, Duration minLease, Duration leaseGranularity, boolean fair) {
        this(name, minLease, LockOptions.MAX_LEASE, leaseGranularity, fair);
    }
}
