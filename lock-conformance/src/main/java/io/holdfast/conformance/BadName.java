package io.holdfast.conformance;

import org.jspecify.annotations.Nullable;

/** What isn't a name. */
enum BadName {
    MISSING(null, ""),
    EMPTY("", "empty"),
    TOO_LONG_IN_ASCII("a".repeat(1025), "1024"),
    TOO_LONG_IN_UTF_8("\u20ac".repeat(341) + "ab", "1024"),
    TOO_LONG_IN_EMOJI("\ud83d\ude00".repeat(256) + "a", "1024"),
    LONE_HIGH_SURROGATE("a\ud83d", "surrogate"),
    LONE_LOW_SURROGATE("\ude00a", "surrogate"),
    SWAPPED_SURROGATES("a\ude00\ud83da", "surrogate");

    private final @Nullable String text;
    private final String limit;

    BadName(@Nullable String text, String limit) {
        this.text = text;
        this.limit = limit;
    }

    @SuppressWarnings("NullAway") // because the tests pass null where the API wants none
    String text() {
        return text;
    }

    /** A word that the message must have. */
    String limit() {
        return limit;
    }

    Class<? extends RuntimeException> exception() {
        return text == null ? NullPointerException.class : IllegalArgumentException.class;
    }
}
