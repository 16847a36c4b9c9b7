package io.holdfast.core.internal;

import io.holdfast.LockOptions;
import java.time.Duration;

/** Within what a quorum, and a resource that moves between two shards, can be configured. */
public final class QuorumLimits {
    /** How long a member may take to answer unless set. */
    public static final Duration MEMBER_TIMEOUT = Duration.ofSeconds(1);

    /** The longest lease unless set. */
    public static final Duration LONGEST_LEASE = Duration.ofMinutes(5);

    /** Shorter leases become as long: two round trips must fit into a third of it. */
    public static final Duration SHORTEST_LEASE = Duration.ofMillis(50);

    /** A call takes two of these, and nobody waits for an answer for longer than an hour. */
    private static final Duration LONGEST_MEMBER_TIMEOUT = Durations.HOUR.dividedBy(2);

    private QuorumLimits() {}

    /**
     * Gives back how long a member may take, if it may.
     *
     * @param timeout from a millisecond to half an hour
     * @return the same
     * @throws IllegalArgumentException if it is out of these limits, which the message names
     */
    public static Duration memberTimeout(Duration timeout) {
        return Durations.require("memberTimeout", timeout, Durations.MILLISECOND, LONGEST_MEMBER_TIMEOUT);
    }

    /**
     * Gives back a longest lease, if it can be one.
     *
     * @param lease from {@link #SHORTEST_LEASE} to {@link LockOptions#MAX_LEASE}
     * @return the same
     * @throws IllegalArgumentException if it is out of these limits, which the message names
     */
    public static Duration longestLease(Duration lease) {
        return Durations.require("longestLease", lease, SHORTEST_LEASE, LockOptions.MAX_LEASE);
    }

    /**
     * Requires that what is asked for where nothing else is said can be granted.
     *
     * @param options the default options
     * @param longestLease the longest lease
     * @throws IllegalArgumentException if their lease is longer
     */
    public static void requireDefaultLease(LockOptions options, Duration longestLease) {
        if (options.lease().compareTo(longestLease) > 0) {
            throw new IllegalArgumentException("the default lease must not be longer than the longest lease, "
                    + longestLease + ", but is " + options.lease() + ": set another default or longest lease");
        }
    }
}
