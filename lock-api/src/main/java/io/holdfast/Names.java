package io.holdfast;

import java.util.Locale;
import java.util.Objects;

/**
 * The rule for names of resources and clients, in one place: non-empty Unicode text of at most
 * {@link DistributedLock#MAX_NAME_BYTES} bytes of UTF-8.
 */
public final class Names {
    private static final int MAX_BYTES_PER_CHAR = 3;

    private Names() {}

    /**
     * Checks a name.
     *
     * @param name the name
     * @param argument what the caller calls it, for the message
     * @throws NullPointerException if the name is null
     * @throws IllegalArgumentException if it is empty, too long, or has a surrogate without its partner
     */
    public static void require(String name, String argument) {
        Objects.requireNonNull(name, argument);
        int length = name.length();
        if (length == 0) {
            throw new IllegalArgumentException(argument + " must not be empty");
        }
        requireUnicode(name, argument);
        if (length > DistributedLock.MAX_NAME_BYTES / MAX_BYTES_PER_CHAR) {
            requireLength(name, argument);
        }
    }

    private static void requireUnicode(String name, String argument) {
        // Nearly all names have no surrogates at all, and this is on the way of every call.
        for (int i = 0; i < name.length(); i++) {
            if (Character.isSurrogate(name.charAt(i))) {
                requirePairs(name, argument);
                return;
            }
        }
    }

    private static void requirePairs(String name, String argument) {
        int codePoint;
        for (int i = 0; i < name.length(); i += Character.charCount(codePoint)) {
            codePoint = name.codePointAt(i);
            // A surrogate with its partner reads as one code point above the range of surrogates.
            if (codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint)) {
                throw new IllegalArgumentException(argument + " must be Unicode text, but has a lone surrogate (U+"
                        + Integer.toHexString(codePoint).toUpperCase(Locale.ROOT) + ") at index " + i);
            }
        }
    }

    private static void requireLength(String name, String argument) {
        long bytes = name.codePoints().mapToLong(Names::utf8Length).sum();
        if (bytes > DistributedLock.MAX_NAME_BYTES) {
            throw new IllegalArgumentException(argument + " must have at most " + DistributedLock.MAX_NAME_BYTES
                    + " bytes in UTF-8, but has " + bytes);
        }
    }

    private static int utf8Length(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }
}
