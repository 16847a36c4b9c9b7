package io.holdfast.conformance.history;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Draws calls as bars over time. */
final class TimelineSvg {
    private static final int ROW = 22;
    private static final int LABELS = 420;
    private static final int BARS = 900;
    private static final int MARGIN = 12;
    private static final int SHORTEST_BAR = 3;

    private final String title;
    private final List<Call> calls;
    private final Set<Call> culprits;
    private final long from;
    private final long span;

    TimelineSvg(String title, List<Call> calls, Set<Call> culprits, long from, long to) {
        this.title = title;
        this.calls = calls;
        this.culprits = culprits;
        this.from = from;
        this.span = Math.max(1, to - from);
    }

    String draw() {
        int width = LABELS + BARS + 2 * MARGIN;
        int height = (calls.size() + 2) * ROW + MARGIN;
        StringBuilder svg = new StringBuilder();
        line(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\"", width, height);
        line(svg, " font-family=\"monospace\" font-size=\"12\">");
        line(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        text(svg, MARGIN, ROW - 6, title);
        for (int row = 0; row < calls.size(); row++) {
            draw(svg, calls.get(row), (row + 1) * ROW);
        }
        text(svg, LABELS, (calls.size() + 2) * ROW - 6, "0 ms");
        text(svg, LABELS + BARS - 90, (calls.size() + 2) * ROW - 6, String.format(Locale.ROOT, "%.3f ms", span / 1e6));
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg, Call call, int y) {
        boolean open = call.endedAt() == Call.NEVER;
        double start = x(call.startedAt());
        double end = open ? LABELS + BARS : x(call.endedAt());
        text(svg, MARGIN, y + 15, Timeline.describe(call));
        line(
                svg,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"%s/>",
                start,
                y + 4,
                Math.max(SHORTEST_BAR, end - start),
                ROW - 8,
                colour(call),
                open ? " fill-opacity=\"0.35\" stroke=\"black\" stroke-dasharray=\"4\"" : "");
        if (call.queuedAt() != Call.NEVER) {
            line(
                    svg,
                    "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"black\"/>",
                    x(call.queuedAt()),
                    y + 2,
                    y + ROW - 2);
        }
    }

    private double x(long moment) {
        return LABELS + (double) (moment - from) * BARS / span;
    }

    private String colour(Call call) {
        if (culprits.contains(call)) {
            return "#d32f2f";
        }
        return switch (call.kind()) {
            case ACQUIRE -> call.outcome() == Outcome.DONE ? "#2e7d32" : "#a5d6a7";
            case VALID -> "#66bb6a";
            case RELEASE, WITHDRAW -> "#8d6e63";
            case RENEW -> "#1976d2";
            case INSPECT -> "#bdbdbd";
        };
    }

    private static void text(StringBuilder svg, int x, int y, String text) {
        line(svg, "<text x=\"%d\" y=\"%d\">%s</text>", x, y, escape(text));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
