package io.holdfast.conformance;

import io.holdfast.DistributedLock;
import java.nio.charset.StandardCharsets;

/** Names that a careless backend mixes up or mangles, some of them only together with a neighbour of theirs. */
enum OddName {
    LETTER("a"),
    CAPITAL("A"),
    LETTER_AND_BLANK("a "),
    BLANK_AND_LETTER(" a"),
    BLANK(" "),
    TWO_BLANKS("  "),
    TABULATOR("\t"),
    LINE_FEED("\n"),
    LETTER_AND_NUL("a\0"),
    NUL("\0"),
    TWO_NULS("\0\0"),
    COLONS("a:b:c"),
    SLASHES("a/b/c"),
    PREFIX_OF_SLASHES("a/b"),
    TRAILING_SLASH("a/b/"),
    TRAILING_ASTERISK("a*"),
    BRACES("{a}b"),
    OTHER_BRACES("{a}c"),
    EMPTY_BRACES("{}"),
    OPEN_BRACE("{a"),
    PERCENT("100%"),
    ESCAPED("a%20b"),
    NOT_ESCAPED("a b"),
    PLUS("a+b"),
    PATTERN("a?[b-c]*\\"),
    QUOTES("'\";--"),
    COMPOSED("\u00e9"),
    DECOMPOSED("e\u0301"),
    EMOJI("\ud83d\udd12"),
    OTHER_EMOJI("\ud83d\udd13"),
    REPLACEMENT("\ufffd"),
    QUESTION_MARK("?"),
    RIGHT_TO_LEFT("\u05d0\u05d1"),
    LAST_CODE_POINT("\udbff\udfff"),
    LONGEST("x".repeat(DistributedLock.MAX_NAME_BYTES)),
    LONGEST_BUT_ONE("x".repeat(DistributedLock.MAX_NAME_BYTES - 1)),
    LONGEST_IN_UTF_8("\u20ac".repeat(341) + "x");

    private final String text;

    OddName(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** This text after a prefix; without its beginning where the two together would be longer than a name may be. */
    String after(String prefix) {
        int excess = utf8Length(text) > DistributedLock.MAX_NAME_BYTES / 2 ? utf8Length(prefix) : 0;
        int start = 0;
        while (utf8Length(text.substring(0, start)) < excess) {
            start = text.offsetByCodePoints(start, 1);
        }
        return prefix + text.substring(start);
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
