package io.holdfast.quorum;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;

/**
 * What all parts of a quorum agree on. Times are in nanoseconds.
 *
 * @param ticker the time that grants are valid by
 * @param scheduler agrees with it
 * @param memberTimeout how long a member may take to answer if it is needed for a majority; then it counts as failed
 * @param attemptTimeout how long one try to get a majority may take, once its first member is won
 * @param longestLease no lease is longer
 * @param firstStart whether members are trusted that have been up for less than the longest lease when this is opened
 */
record Settings(
        Ticker ticker,
        Scheduler scheduler,
        long memberTimeout,
        long attemptTimeout,
        long longestLease,
        boolean firstStart) {
    static final long NANOS_PER_MILLI = 1_000_000L;

    /** The most by which the speeds of two clocks may differ: one thousandth, 20 times what quartz clocks need. */
    private static final long DRIFT = 1_000;

    long now() {
        return ticker.read();
    }

    /** How long a member may take that others can do without. */
    long patience() {
        return Math.max(1, memberTimeout / 4);
    }

    /** After how long here a time is certainly over by another clock, as {@link #certain} counts it. */
    static long certainlyOver(long nanos) {
        return nanos + 3 * (nanos / DRIFT) + NANOS_PER_MILLI;
    }

    /** How long a time of another clock is at least on this one. */
    static long certain(long nanos) {
        return nanos - nanos / DRIFT - 1;
    }
}
