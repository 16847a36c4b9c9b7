package io.holdfast.redis;

import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

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
    /** What a lease without an end is shown as. */
    private static final Duration FOR_EVER = Duration.ofDays(36_525);

    /** Reads what a script gave: an outcome, the value, milliseconds left, seconds, microseconds, waiters. */
    static LockValue of(List<?> described) {
        return new LockValue(
                new String((byte[]) described.get(1), StandardCharsets.UTF_8),
                (Long) described.get(2),
                number(described.get(3)) * 1_000_000 + number(described.get(4)),
                Math.toIntExact((Long) described.get(5)));
    }

    static long number(Object bulk) {
        return Long.parseLong(new String((byte[]) bulk, StandardCharsets.US_ASCII));
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
