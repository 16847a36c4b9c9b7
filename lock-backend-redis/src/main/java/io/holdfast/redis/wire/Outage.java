package io.holdfast.redis.wire;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What one link knows of a server that can't be reached or can't serve: why, and when to try again. */
final class Outage {
    private static final long FIRST_PAUSE = 5_000_000;
    private static final long LONGEST_PAUSE = 100_000_000;

    private @Nullable Failure failure;
    private long pause;
    private long notBefore;

    /** An attempt has failed. */
    void failed(Failure why, long now) {
        if (failure == null) {
            pause = FIRST_PAUSE;
        }
        failure = why;
        // Up to half as long again, so that many processes don't come back at the same moment.
        notBefore = now + pause + ThreadLocalRandom.current().nextLong(pause / 2);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
    }

    /** A server has served. */
    void over() {
        failure = null;
    }

    /** Nanoseconds to pause before the next attempt, 0 if it may be made now. */
    long pause(long now) {
        return failure == null ? 0 : Math.max(0, notBefore - now);
    }

    @Nullable
    Failure failure() {
        return failure;
    }
}
