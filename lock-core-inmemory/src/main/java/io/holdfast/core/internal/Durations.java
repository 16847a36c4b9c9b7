package io.holdfast.core.internal;

import java.time.Duration;
import java.util.Objects;

/** Checks durations that somebody sets. */
public final class Durations {
    /** The shortest of most that can be set. */
    public static final Duration MILLISECOND = Duration.ofMillis(1);

    /** The longest time that anybody should wait for an answer. */
    public static final Duration HOUR = Duration.ofHours(1);

    private Durations() {}

    /**
     * Gives a duration back that is within limits.
     *
     * @param option what is being set, for the message
     * @param value the duration
     * @param least the shortest
     * @param most the longest
     * @return the duration
     * @throws IllegalArgumentException if it is shorter or longer; the message names the option and both limits
     */
    public static Duration require(String option, Duration value, Duration least, Duration most) {
        Objects.requireNonNull(value, option);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    option + " must be from " + least + " to " + most + ", but was " + value);
        }
        return value;
    }
}
