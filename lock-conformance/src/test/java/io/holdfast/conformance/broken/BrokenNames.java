package io.holdfast.conformance.broken;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.Locale;

/** Stores in which two names are one. */
final class BrokenNames {
    private BrokenNames() {}

    /** Ends a name at NUL, as C does. */
    static final class Truncated extends SimpleStore {
        Truncated(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        String key(String resource) {
            int end = resource.indexOf('\0');
            return end < 0 ? resource : resource.substring(0, end);
        }
    }

    /** Doesn't tell capitals from other letters. */
    static final class CaseInsensitive extends SimpleStore {
        CaseInsensitive(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        String key(String resource) {
            return resource.toLowerCase(Locale.ROOT);
        }
    }

    /** Keeps what it can't encode as question marks. */
    static final class QuestionMarked extends SimpleStore {
        QuestionMarked(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        String key(String resource) {
            return resource.replaceAll("[^\\x00-\\x7f]", "?");
        }
    }
}
