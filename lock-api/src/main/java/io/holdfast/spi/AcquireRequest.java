package io.holdfast.spi;

/**
 * One caller's wish for one resource. The strings have passed {@link io.holdfast.Names#require}.
 *
 * @param id names this request among all of all processes (64 random bits); a request that is sent again keeps its id
 * @param resource what to lock
 * @param client who asks; several requests of one client for one resource share one hold and one place in the queue
 * @param leaseMillis how long a granted hold is to last without renewal, in milliseconds
 * @param waitNanos how long the request may wait in the queue, in nanoseconds from its arrival; 0 means that it must
 *     not be queued
 * @param startedAt when the caller asked, on this process's {@link Ticker}; a lease that is granted counts from no
 *     earlier moment
 */
public record AcquireRequest(
        long id, String resource, String client, long leaseMillis, long waitNanos, long startedAt) {}
