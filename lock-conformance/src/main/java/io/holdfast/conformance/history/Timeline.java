package io.holdfast.conformance.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Shows a violation to people: the calls that break the promise, and those around them, in the order of time. */
public final class Timeline {
    private static final int NEIGHBOURS = 25;

    private final Violation violation;
    private final List<Call> calls;
    private final Set<Call> culprits;
    private final long from;
    private final long to;

    /**
     * Prepares the picture.
     *
     * @param violation what to show
     * @param history all calls of the history
     */
    public Timeline(Violation violation, Collection<Call> history) {
        this.violation = violation;
        culprits = new HashSet<>(violation.calls());
        calls = around(violation.calls(), history);
        from = calls.stream().mapToLong(Call::startedAt).min().orElse(0);
        long lastStart = calls.stream().mapToLong(Call::startedAt).max().orElse(0);
        to = calls.stream()
                .mapToLong(Call::endedAt)
                .filter(end -> end != Call.NEVER)
                .reduce(lastStart, Math::max);
    }

    private static List<Call> around(List<Call> culprits, Collection<Call> history) {
        Set<Call> shown = new LinkedHashSet<>(culprits);
        for (Call culprit : culprits) {
            history.stream()
                    .filter(call -> call.resource().equals(culprit.resource()))
                    .sorted(Comparator.comparingLong(call -> Math.abs(call.startedAt() - culprit.startedAt())))
                    .limit(NEIGHBOURS / Math.max(1, culprits.size()))
                    .forEach(shown::add);
        }
        List<Call> sorted = new ArrayList<>(shown);
        sorted.sort(Comparator.comparingLong(Call::startedAt));
        return sorted;
    }

    /**
     * The timeline as text: a line for each call, with a star at those that break the promise. Times are milliseconds
     * since the first call that is shown.
     *
     * @return lines that end with a line feed
     */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(violation).append('\n');
        for (Call call : calls) {
            text.append(culprits.contains(call) ? "* " : "  ")
                    .append(String.format(Locale.ROOT, "%10.3f .. %-10s ", millis(call.startedAt()), end(call)))
                    .append(describe(call))
                    .append('\n');
        }
        return text.toString();
    }

    private double millis(long moment) {
        return (moment - from) / 1e6;
    }

    private String end(Call call) {
        return call.endedAt() == Call.NEVER ? "?" : String.format(Locale.ROOT, "%.3f", millis(call.endedAt()));
    }

    static String describe(Call call) {
        String token = call.token() == 0 ? "" : " token " + call.token();
        String about = call.process() + "  " + call.kind().name().toLowerCase(Locale.ROOT) + " " + call.resource();
        return about + " " + call.client() + token + "  -> "
                + call.outcome().name().toLowerCase(Locale.ROOT);
    }

    /**
     * The timeline as a picture: a bar for each call, one row for each, red where the promise is broken.
     *
     * @return an SVG document
     */
    public String svg() {
        return new TimelineSvg(violation.toString(), calls, culprits, from, to).draw();
    }
}
