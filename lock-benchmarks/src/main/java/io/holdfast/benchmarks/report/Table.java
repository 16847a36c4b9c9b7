package io.holdfast.benchmarks.report;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Figures for a person: for each scenario and metric the contestants' medians over the rounds, with the first
 * contestant's ratio to each other. A ratio is taken within each round, where both met the same noise, and then the
 * median of these is shown.
 */
public final class Table {
    private static final String COLUMNS = "  %-22s %15s %27s %12s%n";

    private final String subject;
    private final Map<Title, Map<String, Map<Integer, Double>>> cells = new LinkedHashMap<>();

    private record Title(String scenario, Metric metric) {}

    private Table(String subject) {
        this.subject = subject;
    }

    /**
     * Lays figures out.
     *
     * @param figures what was measured
     * @param subject the contestant whose ratios to the others are shown
     * @return the table, as Markdown-free text with a line break at its end
     */
    public static String of(List<Figure> figures, String subject) {
        Table table = new Table(subject);
        for (Figure figure : figures) {
            table.cells
                    .computeIfAbsent(new Title(figure.scenario(), figure.metric()), absent -> new LinkedHashMap<>())
                    .computeIfAbsent(figure.contestant(), absent -> new LinkedHashMap<>())
                    .put(figure.round(), figure.value());
        }
        StringBuilder text = new StringBuilder();
        table.cells.forEach((title, rows) -> table.append(text, title, rows));
        return text.toString();
    }

    /**
     * Lays figures out, family by family, each with the ratios of Holdfast to the others.
     *
     * @param figures what was measured
     * @return a table for each family that has figures, below its name
     */
    public static String ofFamilies(List<Figure> figures) {
        StringBuilder text = new StringBuilder();
        for (Family family : Family.values()) {
            List<Figure> own = figures.stream()
                    .filter(figure -> Contestant.of(figure.contestant()).family() == family)
                    .toList();
            if (!own.isEmpty()) {
                text.append(String.format(Locale.ROOT, "%n== %s%n", family.title()))
                        .append(of(own, ours(family)));
            }
        }
        return text.toString();
    }

    private static String ours(Family family) {
        return Contestant.of(family).stream()
                .filter(contestant -> contestant.is(Contestant.Trait.OURS))
                .findFirst()
                .orElseThrow()
                .label();
    }

    private void append(StringBuilder text, Title title, Map<String, Map<Integer, Double>> rows) {
        Metric metric = title.metric();
        text.append(String.format(
                Locale.ROOT,
                "%n%s: %s, %s (%s is better)%n",
                title.scenario(),
                metric.name(),
                metric.unit(),
                metric.better().name().toLowerCase(Locale.ROOT)));
        text.append(String.format(Locale.ROOT, COLUMNS, "", "median", "least to most", subject + " /"));
        rows.forEach((contestant, values) -> text.append(String.format(
                Locale.ROOT,
                COLUMNS,
                contestant,
                number(median(values.values())),
                range(values),
                contestant.equals(subject) ? "" : ratio(rows.getOrDefault(subject, Map.of()), values))));
    }

    private static String range(Map<Integer, Double> values) {
        double[] sorted = values.values().stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return sorted.length < 2 ? "" : number(sorted[0]) + " to " + number(sorted[sorted.length - 1]);
    }

    private static String ratio(Map<Integer, Double> ours, Map<Integer, Double> theirs) {
        List<Double> ratios = new ArrayList<>();
        ours.forEach((round, value) -> {
            Double other = theirs.get(round);
            if (other != null && other != 0) {
                ratios.add(value / other);
            }
        });
        return ratios.isEmpty() ? "" : String.format(Locale.ROOT, "%.3g x", median(ratios));
    }

    /**
     * The middle one of some numbers; between two in the middle, their mean.
     *
     * @param values the numbers
     * @return their median
     */
    static double median(Iterable<Double> values) {
        List<Double> list = new ArrayList<>();
        values.forEach(list::add);
        double[] sorted =
                list.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        OptionalDouble middle = Arrays.stream(sorted, (sorted.length - 1) / 2, sorted.length / 2 + 1)
                .average();
        return middle.orElseThrow();
    }

    private static String number(double value) {
        return value >= 1000 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.3g", value);
    }
}
