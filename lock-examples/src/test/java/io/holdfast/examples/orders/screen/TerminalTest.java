package io.holdfast.examples.orders.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalTest {
    private static final Map<String, String> XTERM = Map.of("TERM", "xterm-256color");

    @Test
    void aTerminalIsDrawnOnInItsSize() {
        assertThat(Terminal.detect("120x40", XTERM, "UTF-8")).isEqualTo(new Terminal(true, true, 120, 40));
    }

    @Test
    void aTerminalOfAnotherEncodingGetsNoUnicode() {
        assertThat(Terminal.detect("80x24", XTERM, "ANSI_X3.4-1968").unicode()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "80", "80x", "-1x5", "99999x1", "0x0", "20x24"})
    void whatHasNoSizeOrTooLittleOfItGetsPlainLines(String size) {
        assertThat(Terminal.detect(size, XTERM, "UTF-8")).isEqualTo(Terminal.plain());
    }

    @Test
    void noColorAndADumbTerminalAskForPlainLines() {
        assertThat(Terminal.detect("80x24", Map.of("TERM", "xterm", "NO_COLOR", "1"), "UTF-8"))
                .isEqualTo(Terminal.plain());
        assertThat(Terminal.detect("80x24", Map.of("TERM", "dumb"), "UTF-8")).isEqualTo(Terminal.plain());
        assertThat(Terminal.detect("80x24", Map.of(), "UTF-8")).isEqualTo(Terminal.plain());
    }

    @Test
    void anEmptyNoColorAsksForNothing() {
        assertThat(Terminal.detect("80x24", Map.of("TERM", "xterm", "NO_COLOR", ""), "UTF-8")
                        .live())
                .isTrue();
    }
}
