package io.holdfast.benchmarks.report;

import io.holdfast.benchmarks.contestants.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Puts a run's results into the documentation: tables between two marks, and pictures beside it. */
public final class Docs {
    private static final String BEGIN = "<!-- results: written by ./bench --write-docs -->";
    private static final String END = "<!-- end of results -->";
    /** The charts that are shown as pictures, by the names of their files. */
    private static final Map<String, String> PICTURES = Map.of(
            "redis-contended-acquire-and-release", "redis-contended",
            "redis-several-jvms-acquire-and-release", "redis-several-jvms",
            "redis-wake-up-by-p50", "redis-wake-up",
            "etcd-contended-acquire-and-release", "etcd-contended",
            "memory-uncontended-acquire-and-release", "memory-uncontended");

    private Docs() {}

    /**
     * Replaces the results in a document.
     *
     * @param report the run
     * @param document a Markdown file with the marks in it
     * @throws IOException if it can't be read or written, or has no marks
     */
    public static void write(Report report, Path document) throws IOException {
        String text = Files.readString(document);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(document + " has no place for results: " + BEGIN + " … " + END);
        }
        Path pictures = document.resolveSibling("images");
        Files.createDirectories(pictures);
        String results = results(report, pictures);
        Files.writeString(document, text.substring(0, begin) + BEGIN + "\n" + results + text.substring(end));
    }

    private static String results(Report report, Path pictures) throws IOException {
        Medians medians = new Medians(report.figures());
        Environment here = report.environment();
        StringBuilder text = new StringBuilder();
        text.append("`./bench ")
                .append(here.commandLine())
                .append("` at commit ")
                .append(here.commit());
        text.append(", ")
                .append(here.startedAt())
                .append(": ")
                .append(here.summary())
                .append(".\n");
        text.append("Versions: ");
        text.append(String.join(
                ", ",
                here.versions().entrySet().stream()
                        .map(version -> version.getKey() + " " + version.getValue())
                        .toList()));
        text.append(".\n\n### Targets\n\n");
        append(text, Targets.rows(medians, report.failures()));
        for (Family family : Family.values()) {
            List<Chart> charts = Charts.of(medians, family);
            if (!charts.isEmpty()) {
                text.append("\n### ").append(family.title()).append('\n');
            }
            for (Chart chart : charts) {
                text.append("\n**")
                        .append(chart.title())
                        .append(".** ")
                        .append(chart.caption())
                        .append("\n\n");
                String picture = PICTURES.get(chart.id());
                if (picture != null) {
                    SvgPictures.write(chart, pictures, picture);
                    text.append(picture(picture, chart.title()));
                }
                append(text, chart.table());
            }
        }
        failures(text, report);
        return text.toString();
    }

    private static String picture(String name, String title) {
        return "<picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"images/" + name
                + "-dark.svg\"><img alt=\"" + title + "\" src=\"images/" + name + "-light.svg\"></picture>\n\n";
    }

    private static void failures(StringBuilder text, Report report) {
        LinkedHashSet<String> lines = new LinkedHashSet<>();
        report.failures()
                .forEach(failure ->
                        lines.add("- " + failure.contestant() + " in " + failure.scenario() + ": " + failure.reason()));
        if (!lines.isEmpty()) {
            text.append("\n### What failed\n\n")
                    .append(String.join("\n", lines))
                    .append('\n');
        }
    }

    private static void append(StringBuilder text, Rows rows) {
        line(text, rows.head());
        text.append("| --- |").append(" --: |".repeat(rows.head().size() - 1)).append('\n');
        rows.body().forEach(row -> line(text, row));
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
