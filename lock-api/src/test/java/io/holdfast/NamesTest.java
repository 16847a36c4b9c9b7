package io.holdfast;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                " ",
                "\t",
                "\0",
                "a\0b",
                "orders/42",
                "{braces}",
                "100%",
                ":",
                "ä",
                "中",
                "\uFFFF",
                "\uD83D\uDD12",
                "a\uD83D\uDD12b",
                "\uD800\uDC00",
                "\uDBFF\uDFFF"
            })
    void anyUnicodeTextIsAName(String name) {
        assertThatCode(() -> Names.require(name, "resource")).doesNotThrowAnyException();
    }

    @Test
    void nullIsNoName() {
        assertThatNullPointerException()
                .isThrownBy(() -> Names.require(null, "client"))
                .withMessage("client");
    }

    @Test
    void emptyTextIsNoName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.require("", "client"))
                .withMessage("client must not be empty");
    }

    @ParameterizedTest
    @CsvSource({"1, x", "2, \u00e4", "3, \u4e2d", "4, \uD83D\uDD12"})
    void nameMayBeAsLongAsTheLimitInBytes(int bytes, String character) {
        String longest = character.repeat(DistributedLock.MAX_NAME_BYTES / bytes)
                + "x".repeat(DistributedLock.MAX_NAME_BYTES % bytes);
        assertThatCode(() -> Names.require(longest, "resource")).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.require(longest + "x", "resource"))
                .withMessage("resource must have at most 1024 bytes in UTF-8, but has 1025");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.require("x" + longest, "resource"))
                .withMessageEndingWith("1025");
    }

    @Test
    void namesOnBothSidesOfEachEncodedLengthAreCountedRight() {
        assertTooLongBy(1, "\u007f".repeat(1025));
        assertTooLongBy(2, "\u0080".repeat(513));
        assertTooLongBy(2, "\u07ff".repeat(513));
        assertTooLongBy(2, "\u0800".repeat(342));
        assertTooLongBy(2, "\uffff".repeat(342));
        assertTooLongBy(4, "\ud800\udc00".repeat(257));
    }

    private static void assertTooLongBy(int bytes, String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.require(name, "resource"))
                .withMessageEndingWith("but has " + (DistributedLock.MAX_NAME_BYTES + bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "0, D83D, '\uD83D'",
        "0, DD12, '\uDD12'",
        "0, D83D, '\uD83Dab'",
        "0, DD12, '\uDD12ab'",
        "1, D83D, 'a\uD83Db'",
        "1, DD12, 'a\uDD12b'",
        "2, D83D, 'ab\uD83D'",
        "2, DD12, 'ab\uDD12'",
        "0, DD12, '\uDD12\uD83D'",
        "1, DD12, 'a\uDD12\uD83Db'",
        "0, D83D, '\uD83D\uD83D\uDD12'",
        "2, DD12, '\uD83D\uDD12\uDD12'"
    })
    void surrogateWithoutItsPartnerIsNoUnicode(int index, String surrogate, String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.require(name, "resource"))
                .withMessage("resource must be Unicode text, but has a lone surrogate (U+" + surrogate + ") at index "
                        + index);
    }

    @Test
    void longNameIsCheckedForSurrogatesToo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.require("x".repeat(1023) + "\uD800", "resource"))
                .withMessageContaining("at index 1023");
    }
}
