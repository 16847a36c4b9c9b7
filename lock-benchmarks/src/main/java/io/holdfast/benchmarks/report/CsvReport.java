package io.holdfast.benchmarks.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** All figures for a spreadsheet: a line for each. */
public final class CsvReport {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader("scenario", "contestant", "round", "metric", "unit", "better", "value")
            .get();

    private CsvReport() {}

    /**
     * Writes the figures.
     *
     * @param report what was measured
     * @param file where to
     * @throws IOException if that fails
     */
    public static void write(Report report, Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file);
                CSVPrinter csv = new CSVPrinter(out, FORMAT)) {
            for (Figure figure : report.figures()) {
                Metric metric = figure.metric();
                csv.printRecord(
                        figure.scenario(),
                        figure.contestant(),
                        figure.round(),
                        metric.name(),
                        metric.unit(),
                        metric.better(),
                        figure.value());
            }
        }
    }
}
