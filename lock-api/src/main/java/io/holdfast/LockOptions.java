package io.holdfast;

import java.time.Duration;
import java.util.Objects;

/**
 * How a hold behaves: how long its lease is, and whether it is renewed without the caller's help. Immutable.
 *
 * <pre>{@code
 * LockOptions options = LockOptions.defaults().withLease(Duration.ofSeconds(10));
 * }</pre>
 *
 * <p>A short lease frees the resource soon after its holder dies; a long one forgives long pauses of a holder that
 * lives.
 */
public final class LockOptions {
    /**
     * The shortest lease: one millisecond. A backend may grant a longer one than asked; the handle says
     * what was granted.
     */
    public static final Duration MIN_LEASE = Duration.ofMillis(1);

    /** The longest lease: seven days. For work that takes longer, rely on auto-renewal. */
    public static final Duration MAX_LEASE = Duration.ofDays(7);

    private static final LockOptions DEFAULTS = new LockOptions(Duration.ofSeconds(30), true);

    private final Duration lease;
    private final boolean autoRenewal;

    private LockOptions(Duration lease, boolean autoRenewal) {
        this.lease = lease;
        this.autoRenewal = autoRenewal;
    }

    /**
     * A lease of 30 seconds, renewed automatically.
     *
     * @return the default options
     */
    public static LockOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The same options with another lease.
     *
     * @param lease from {@link #MIN_LEASE} to {@link #MAX_LEASE}; a fraction of a millisecond is rounded up, so that a
     *     lease is never shorter than asked
     * @return new options
     * @throws IllegalArgumentException if the lease is shorter or longer than that
     */
    public LockOptions withLease(Duration lease) {
        Objects.requireNonNull(lease, "lease");
        if (lease.compareTo(MIN_LEASE) < 0 || lease.compareTo(MAX_LEASE) > 0) {
            throw new IllegalArgumentException(
                    "lease must be from " + MIN_LEASE + " to " + MAX_LEASE + ", but was " + lease);
        }
        long millis = lease.plusNanos(999_999).toMillis();
        return new LockOptions(Duration.ofMillis(millis), autoRenewal);
    }

    /**
     * The same options with auto-renewal on or off. With it, the lease is extended at a third of its length for as long
     * as the handle is open and this process lives. Without it, the hold ends with its lease unless the caller sends
     * heartbeats.
     *
     * @param autoRenewal whether to renew
     * @return new options
     */
    public LockOptions withAutoRenewal(boolean autoRenewal) {
        return new LockOptions(lease, autoRenewal);
    }

    /**
     * How long a hold lasts without a heartbeat.
     *
     * @return the lease, in whole milliseconds
     */
    public Duration lease() {
        return lease;
    }

    /**
     * Whether the lease is extended automatically.
     *
     * @return true if it is
     */
    public boolean autoRenewal() {
        return autoRenewal;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LockOptions that && lease.equals(that.lease) && autoRenewal == that.autoRenewal;
    }

    @Override
    public int hashCode() {
        return Objects.hash(lease, autoRenewal);
    }

    @Override
    public String toString() {
        return "LockOptions[lease=" + lease + ", autoRenewal=" + autoRenewal + "]";
    }
}
