package io.holdfast.redis;

import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A hold as a script describes it.
 *
 * @param text the lock's value; its form is told in {@code lock.lua}, unless another program wrote it
 * @param millisLeft what is left of the lease; negative if it has no end, which only another program's can
 * @param serverMicros the server's time
 * @param waiters how many clients wait
 */
record LockValue(String text, long millisLeft, long serverMicros, int waiters) {
    private static final String OURS = "holdfast1";
    /** Mark and sign, token, lease, claims, client. */
    private static final int PARTS = 5;

    private static final int CLAIMS = 3;
    /** What a lease without an end is shown as. */
    private static final Duration FOR_EVER = Duration.ofDays(36_525);

    /** Reads what a script gave, but for the outcome: milliseconds left, seconds, microseconds, waiters, the value. */
    static LockValue of(Words words) {
        long millisLeft = words.number();
        long serverMicros = words.number() * 1_000_000 + words.number();
        int waiters = Math.toIntExact(words.number());
        return new LockValue(words.rest(), millisLeft, serverMicros, waiters);
    }

    /** The ids of the requests that share the hold. */
    LongStream claims() {
        return isForeign()
                ? LongStream.empty()
                : Stream.of(text.split(" ", PARTS)[CLAIMS].split(",", -1)).mapToLong(Commands::parseId);
    }

    /** Whether another program holds the lock. */
    boolean isForeign() {
        return !text.startsWith(OURS) || text.split(" ", PARTS).length < PARTS;
    }

    LockInfo info(String resource) {
        Instant now = Instant.ofEpochSecond(serverMicros / 1_000_000, serverMicros % 1_000_000 * 1_000);
        Duration remaining = millisLeft < 0 ? FOR_EVER : Duration.ofMillis(millisLeft);
        Instant expiresAt = now.plus(remaining);
        String[] parts = text.split(" ", PARTS);
        if (isForeign()) {
            return new LockInfo(resource, text, 0, LockStatus.FOREIGN, now, expiresAt, remaining, waiters);
        }
        long token = FencingTokens.parse(parts[1]);
        Instant granted = Instant.ofEpochMilli(FencingTokens.millis(token));
        Instant acquiredAt = granted.isAfter(now) ? now : granted;
        return new LockInfo(
                resource, parts[PARTS - 1], token, LockStatus.HELD, acquiredAt, expiresAt, remaining, waiters);
    }
}
