package io.holdfast.examples.orders.screen;

import picocli.CommandLine.Help.Ansi.Style;

/** Colours and signs, as far as a terminal has them. */
record Paint(Terminal terminal) {
    String strong(String text) {
        return in(Style.bold, text);
    }

    String faint(String text) {
        return in(Style.faint, text);
    }

    String good(String text) {
        return in(Style.fg_green, text);
    }

    String bad(String text) {
        return in(Style.fg_red, text);
    }

    String busy(String text) {
        return in(Style.fg_yellow, text);
    }

    /** What goes before a check that came out well or not. */
    String mark(boolean right) {
        if (!terminal.unicode()) {
            return right ? good("ok   ") : bad("WRONG");
        }
        return right ? good("✓") : bad("✗");
    }

    String sign(String unicode, String ascii) {
        return terminal.unicode() ? unicode : ascii;
    }

    private String in(Style style, String text) {
        return terminal.live() ? Style.on(style) + text + Style.reset.on() : text;
    }
}
