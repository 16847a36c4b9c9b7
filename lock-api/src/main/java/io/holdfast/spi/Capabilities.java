package io.holdfast.spi;

import java.time.Duration;

/**
 * What a backend can and can't do beyond what every backend must.
 *
 * @param name the backend's name, for messages
 * @param minLease the shortest lease it grants; a shorter one that is asked for becomes this long
 * @param leaseGranularity leases are rounded up to a multiple of this
 * @param fair whether waiters of all processes are granted in the order in which the backend took them
 */
public record Capabilities(String name, Duration minLease, Duration leaseGranularity, boolean fair) {}
