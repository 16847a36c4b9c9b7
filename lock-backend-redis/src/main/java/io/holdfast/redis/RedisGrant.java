package io.holdfast.redis;

import io.holdfast.spi.Grant;

/**
 * A hold as one request was granted it.
 *
 * @param request the request's id
 */
record RedisGrant(String resource, String client, long token, long leaseMillis, long validUntil, long request)
        implements Grant {
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** A thousandth of the lease: what the clocks of server and process may drift apart, and twice what NTP slews at most. */
    private static final long DRIFT = 1_000;

    /**
     * Until when a lease certainly lasts: the server lets nobody else in before.
     *
     * @param begin a moment, on this process's ticker, before which the server did not set the lease
     * @param leaseMillis the lease
     */
    static long certainEnd(long begin, long leaseMillis) {
        long lease = leaseMillis * NANOS_PER_MILLI;
        return begin + lease - lease / DRIFT;
    }
}
