package io.holdfast.examples.orders.text;

import java.util.Locale;

/** Puts values into words. */
public final class Text {
    private static final int LONGEST_QUOTE = 40;

    private Text() {}

    /**
     * Somebody else's text, safe to print: on one line, without control characters, not too long.
     *
     * @param text any text
     * @return the text in double quotes
     */
    public static String quoted(String text) {
        return '"' + clipped(text, LONGEST_QUOTE) + '"';
    }

    /**
     * Somebody else's text, safe to print and of a limited length.
     *
     * @param text any text
     * @param length how many characters it may have at most, at least 1
     * @return the text; its end is replaced by two dots if it is longer
     */
    public static String clipped(String text, int length) {
        int[] shown = text.codePoints()
                .limit(length + 1L)
                .map(c -> isPrintable(c) ? c : ' ')
                .toArray();
        if (shown.length <= length) {
            return new String(shown, 0, shown.length);
        }
        int dots = Math.min(2, length);
        return new String(shown, 0, length - dots) + "..".substring(0, dots);
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /**
     * A count.
     *
     * @param n the count
     * @return with a comma at each thousand
     */
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /**
     * A count with its noun.
     *
     * @param n the count
     * @param noun in the singular, its plural being formed by an s
     * @return as in "1 order" and "2 orders"
     */
    public static String count(long n, String noun) {
        return count(n) + " " + noun + (n == 1 ? "" : "s");
    }

    /**
     * A length of time, in the unit that fits it.
     *
     * @param nanos nanoseconds
     * @return as in "0.035 ms", "1.40 ms", "350 ms", "2.1 s"
     */
    public static String time(long nanos) {
        double millis = nanos / 1e6;
        if (millis < 1) {
            return String.format(Locale.ROOT, "%.3f ms", millis);
        }
        if (millis < 10) {
            return String.format(Locale.ROOT, "%.2f ms", millis);
        }
        if (millis < 1_000) {
            return String.format(Locale.ROOT, "%.0f ms", millis);
        }
        return String.format(Locale.ROOT, "%.1f s", millis / 1_000);
    }
}
