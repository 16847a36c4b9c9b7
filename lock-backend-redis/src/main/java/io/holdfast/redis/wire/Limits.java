package io.holdfast.redis.wire;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long things may take.
 *
 * @param answer how long a command may take, over reconnections and all
 * @param connect how long connecting may take
 * @param durability what writes are to wait for, or null
 */
record Limits(Duration answer, Duration connect, @Nullable Durability durability) {
    long answerNanos() {
        return answer.toNanos();
    }

    /** How long a command may take in all: one that waits for replicas holds up those that come after it. */
    long patienceNanos() {
        return durability == null
                ? answerNanos()
                : answerNanos() + durability.timeout().toNanos();
    }

    /** How long one sending waits for its answer: so short that there is time for another. */
    long attemptNanos() {
        return answer.toNanos() / 2;
    }

    long connectNanos() {
        return connect.toNanos();
    }

    long answerMillis() {
        return answer.toMillis();
    }

    /** How long a command waits for a server that isn't there, if that has not got it yet. */
    static long graceNanos() {
        return TimeUnit.MILLISECONDS.toNanos(200);
    }
}
