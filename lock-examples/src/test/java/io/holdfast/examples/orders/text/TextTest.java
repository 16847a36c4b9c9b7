package io.holdfast.examples.orders.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @Test
    void otherPeoplesTextCannotMoveTheCursor() {
        assertThat(Text.quoted("mug\u001B[2J\nbowl\u202E")).isEqualTo("\"mug [2J bowl \"");
    }

    @Test
    void longTextIsClippedBetweenCharacters() {
        assertThat(Text.clipped("😀😀😀😀", 4)).isEqualTo("😀😀😀😀");
        assertThat(Text.clipped("😀😀😀😀😀", 4)).isEqualTo("😀😀..");
        assertThat(Text.clipped("mug", 1)).isEqualTo(".");
    }

    @ParameterizedTest
    @CsvSource({"4200, 0.004 ms", "35000, 0.035 ms", "1400000, 1.40 ms", "350000000, 350 ms", "2100000000, 2.1 s"})
    void aTimeIsWrittenInTheUnitThatFitsIt(long nanos, String written) {
        assertThat(Text.time(nanos)).isEqualTo(written);
    }

    @Test
    void countsHaveCommasAndTheirNounInTheRightNumber() {
        assertThat(Text.count(1, "order")).isEqualTo("1 order");
        assertThat(Text.count(8_000, "order")).isEqualTo("8,000 orders");
    }
}
