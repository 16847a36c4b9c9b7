package io.holdfast.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A table of figures.
 *
 * @param head the columns' titles
 * @param body the rows
 */
record Rows(List<String> head, List<List<String>> body) {
    static Rows of(String... head) {
        return new Rows(List.of(head), new ArrayList<>());
    }

    void add(String name, List<OptionalDouble> values) {
        List<String> row = new ArrayList<>();
        row.add(name);
        values.forEach(value -> row.add(value.isPresent() ? number(value.getAsDouble()) : "–"));
        body.add(row);
    }

    /** A number as a person reads it: three digits that count, and millions as such. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 1e6) {
            return String.format(Locale.ROOT, "%.3g M", value / 1e6);
        }
        if (size >= 1e3) {
            double unit = Math.pow(10, Math.floor(Math.log10(size)) - 2);
            return String.format(Locale.ROOT, "%,d", Math.round(Math.round(value / unit) * unit));
        }
        if (value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return size >= 100 ? String.format(Locale.ROOT, "%.0f", value) : String.format(Locale.ROOT, "%.3g", value);
    }
}
