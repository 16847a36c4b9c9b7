package io.holdfast.spi;

/**
 * Monotonic time, which no wall clock moves. All deadlines and leases of a process are kept in it. Tests put their own
 * in its place.
 */
@FunctionalInterface
public interface Ticker {
    /**
     * The present moment.
     *
     * @return nanoseconds since an arbitrary origin; compare two readings by their difference only, as with
     *     {@link System#nanoTime}
     */
    long read();
}
