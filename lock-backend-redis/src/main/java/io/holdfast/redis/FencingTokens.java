package io.holdfast.redis;

/**
 * Fencing tokens as the scripts write them and as callers see them. In the store a token is a stream's id: milliseconds of the
 * server's time, a dash, and a count within the millisecond. Callers get one number: the milliseconds times 2^20, plus
 * the count, which the scripts keep below that. It stays positive until the year 2248.
 */
final class FencingTokens {
    private static final int COUNT_BITS = 20;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

    private FencingTokens() {}

    static long parse(String id) {
        int dash = id.indexOf('-');
        return Long.parseLong(id, 0, dash, 10) << COUNT_BITS | Long.parseLong(id, dash + 1, id.length(), 10);
    }

    static String format(long token) {
        return (token >>> COUNT_BITS) + "-" + (token & COUNT_MASK);
    }

    /** When the token was given out, by the server's clock, unless that has been set back before. */
    static long millis(long token) {
        return token >>> COUNT_BITS;
    }
}
