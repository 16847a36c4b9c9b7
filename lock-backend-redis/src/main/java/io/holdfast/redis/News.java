package io.holdfast.redis;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a server tells this process of one of its waiting requests.
 *
 * @param request the request's id
 * @param grant what it was granted; null if it was dropped because its wait was over
 */
record News(long request, @Nullable Granted grant) {
    /**
     * A hold that has begun.
     *
     * @param serverMicros when, by the server's clock
     */
    record Granted(long token, long leaseMillis, long serverMicros) {}

    /** Reads a message in the form that {@code lock.lua} gives it. */
    static News parse(byte[] payload) {
        String[] words = new String(payload, StandardCharsets.US_ASCII).split(" ", -1);
        long request = Commands.parseId(words[1]);
        if (!words[0].equals("granted")) {
            return new News(request, null);
        }
        long serverMicros = Long.parseLong(words[4]) * 1_000_000 + Long.parseLong(words[5]);
        return new News(request, new Granted(FencingTokens.parse(words[2]), Long.parseLong(words[3]), serverMicros));
    }
}
