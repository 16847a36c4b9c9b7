package io.holdfast.conformance.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * What can be stated of a simulated world in all of its runs, of which each seed gives one.
 *
 * @param sound the value of {@code B} that plants nothing
 * @param run runs a seed, quickly
 * @param trace runs a seed and notes all that happens
 */
record Seeds<B extends Enum<B> & PlantedBug>(B sound, Run<B> run, Run<B> trace) {
    private static final Path FOLDER = Path.of("target", "simulation");
    private static final int BATCH = 64;

    /** Those before {@code count}, or the one that {@code -Dholdfast.simulation.seed=…} chooses. */
    static LongStream before(long count) {
        Long chosen = Long.getLong("holdfast.simulation.seed");
        return chosen == null ? LongStream.range(0, count) : LongStream.of(chosen);
    }

    /** States that none of these shows a violation; the first that does is told with its timeline. */
    void assertHold(LongStream seeds) {
        List<Long> failing = seeds.parallel()
                .filter(seed -> !run.of(seed, sound).violations().isEmpty())
                .boxed()
                .toList();
        if (!failing.isEmpty()) {
            RunResult first = trace.of(failing.get(0), sound);
            throw new AssertionError(
                    failing + " fail; seed " + failing.get(0) + ": " + first.violations() + "\n" + first.timeline());
        }
    }

    /** States that each of these, run twice, does the same. */
    void assertReplay(LongStream seeds) {
        seeds.forEach(seed -> assertThat(trace.of(seed, sound).timeline())
                .as("seed %d", seed)
                .isEqualTo(trace.of(seed, sound).timeline()));
    }

    /** States that each bug shows within so many seeds, and leaves a table of how many it took. */
    void assertFindEveryBug(long most, String table) throws IOException {
        StringBuilder rows = new StringBuilder("| planted bug | seeds until found |\n| --- | --: |\n");
        for (B bug : sound.getDeclaringClass().getEnumConstants()) {
            if (bug != sound) {
                OptionalLong found = firstSeedOf(bug, most);

                assertThat(found).as("the seed that finds %s", bug).isPresent();
                rows.append(String.format(Locale.ROOT, "| %s | %d |%n", bug, found.orElseThrow() + 1));
            }
        }
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve(table), rows);
    }

    private OptionalLong firstSeedOf(B bug, long most) {
        OptionalLong found = OptionalLong.empty();
        for (long from = 0; from < most && found.isEmpty(); from += BATCH) {
            found = LongStream.range(from, from + BATCH)
                    .parallel()
                    .filter(seed -> shows(seed, bug))
                    .min();
        }
        return found;
    }

    private boolean shows(long seed, B bug) {
        return run.of(seed, bug).violations().stream().anyMatch(what -> what.contains(bug.symptom()));
    }

    /** Runs the world of a seed with a bug in it. */
    @FunctionalInterface
    interface Run<B> {
        RunResult of(long seed, B bug);
    }
}
