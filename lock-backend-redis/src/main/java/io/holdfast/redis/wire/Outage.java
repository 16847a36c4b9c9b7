package io.holdfast.redis.wire;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What one link knows of a server that can't be reached or can't serve: since when, why, and when to try again. */
final class Outage {
    private static final long FIRST_PAUSE = 5_000_000;
    private static final long LONGEST_PAUSE = 500_000_000;

    private @Nullable Failure failure;
    private long since;
    private long pause;
    private long notBefore;

    /** An attempt has failed. */
    void failed(Failure why, long now) {
        if (failure == null) {
            since = now;
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

    /** Nanoseconds to wait before the next attempt; 0 or less if it may be made now. */
    long pause(long now) {
        return failure == null ? 0 : notBefore - now;
    }

    /** How long it has lasted, in nanoseconds. */
    long age(long now) {
        return failure == null ? 0 : now - since;
    }

    @Nullable
    Failure failure() {
        return failure;
    }
}
