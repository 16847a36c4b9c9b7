package io.holdfast.benchmarks;

import com.google.gson.Gson;
import io.holdfast.benchmarks.report.Failure;
import io.holdfast.benchmarks.report.Figure;
import io.holdfast.benchmarks.report.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A line in a file for each turn that is over, so that a run that was cut short can be resumed. */
final class Journal {
    private static final Gson GSON = new Gson();

    private final Path file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(
            String key, List<Figure> figures, @Nullable Failure failure) {}

    /** The first line. */
    private record Head(@Nullable Origin origin) {}

    private Journal(Path file) {
        this.file = file;
    }

    /** Begins anew. */
    static Journal create(Path file, Origin origin) throws IOException {
        Files.writeString(file, GSON.toJson(new Head(origin)) + "\n");
        return new Journal(file);
    }

    /**
     * Goes on where another run stopped, if there was one; turns that failed get another chance, and so does one of which the line was cut
     * short.
     *
     * @throws IllegalArgumentException if the other run measured something else
     */
    static Journal resume(Path file, Origin origin) throws IOException {
        if (!Files.exists(file)) {
            return create(file, origin);
        }
        String text = Files.readString(file);
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        if (whole.isEmpty()) {
            return create(file, origin);
        }
        List<String> lines = whole.lines().toList();
        requireSame(file, GSON.fromJson(lines.get(0), Head.class).origin(), origin);
        Journal journal = new Journal(file);
        for (String line : lines.subList(1, lines.size())) {
            Entry entry = GSON.fromJson(line, Entry.class);
            if (entry.failure() == null) {
                journal.entries.put(entry.key(), entry);
            }
        }
        if (!whole.equals(text)) {
            Files.writeString(file, whole);
        }
        return journal;
    }

    private static void requireSame(Path file, @Nullable Origin theirs, Origin ours) {
        if (theirs == null) {
            throw new IllegalArgumentException(file + " doesn't say what it is of: begin anew, without --resume");
        }
        if (!theirs.equals(ours)) {
            throw new IllegalArgumentException(file + " is of a run with " + theirs + ", and this one would be with "
                    + ours + ": their figures don't belong side by side");
        }
    }

    boolean knows(Step step) {
        return entries.containsKey(step.key());
    }

    void write(Step step, Map<Metric, Double> measured) throws IOException {
        List<Figure> figures = new ArrayList<>();
        measured.forEach((metric, value) -> figures.add(new Figure(
                step.round(), step.scenario().label(), step.contestant().label(), metric, value)));
        write(new Entry(step.key(), figures, null));
    }

    void write(Step step, String reason) throws IOException {
        Failure failure = new Failure(
                step.round(), step.scenario().label(), step.contestant().label(), reason);
        write(new Entry(step.key(), List.of(), failure));
    }

    private void write(Entry entry) throws IOException {
        entries.put(entry.key(), entry);
        Files.writeString(file, GSON.toJson(entry) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The turn's own figures; none if it failed or wasn't played. */
    List<Figure> figures(Step step) {
        Entry entry = entries.get(step.key());
        return entry == null ? List.of() : entry.figures();
    }

    /** Why a turn failed. */
    @Nullable
    Failure failure(Step step) {
        Entry entry = entries.get(step.key());
        return entry == null ? null : entry.failure();
    }

    List<Figure> figures() {
        return entries.values().stream()
                .flatMap(entry -> entry.figures().stream())
                .toList();
    }

    List<Failure> failures() {
        List<Failure> failures = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (entry.failure() != null) {
                failures.add(entry.failure());
            }
        }
        return failures;
    }
}
