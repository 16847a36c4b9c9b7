package io.holdfast.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A run: where it happened and all that it measured.
 *
 * @param environment where and how
 * @param figures what was measured, round by round
 * @param failures what couldn't be measured, and why
 */
public record Report(Environment environment, List<Figure> figures, List<Failure> failures) {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /**
     * Writes it as JSON.
     *
     * @param file where to
     * @throws IOException if that fails
     */
    public void write(Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            GSON.toJson(this, out);
        }
    }

    /**
     * Reads what {@link #write} has written.
     *
     * @param file where from
     * @return the report
     * @throws IOException if that fails
     */
    public static Report read(Path file) throws IOException {
        try (Reader in = Files.newBufferedReader(file)) {
            return GSON.fromJson(in, Report.class);
        }
    }
}
