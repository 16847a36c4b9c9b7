package io.holdfast.conformance.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Resources that move between stores while everything goes wrong that may. A seed that fails prints its timeline;
 * {@code -Dholdfast.simulation.seed=…} runs that one again.
 */
class MovingSimulationTest {
    private static final Path FOLDER = Path.of("target", "simulation");
    private static final long SEEDS = 1_000;
    private static final long MOST_SEEDS_UNTIL_FOUND = 8_000;
    private static final long MANY_SEEDS = 100_000;
    private static final int BATCH = 64;

    @Test
    void noSeedBreaksTheMove() {
        Long chosen = Long.getLong("holdfast.simulation.seed");
        assertHolds(chosen == null ? LongStream.range(0, SEEDS) : LongStream.of(chosen));
    }

    @Test
    @Tag("long")
    void noneOfManySeedsBreaksTheMove() {
        assertHolds(LongStream.range(SEEDS, MANY_SEEDS));
    }

    @Test
    void aSeedReplaysExactly() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(MovingSimulation.trace(seed, MovingBug.NONE).timeline())
                    .as("seed %d", seed)
                    .isEqualTo(MovingSimulation.trace(seed, MovingBug.NONE).timeline());
        }
    }

    /** What it finds is worth as much as what it would find: each of these mistakes, and after how many seeds. */
    @Test
    void everyPlantedMistakeIsFound() throws IOException {
        StringBuilder table = new StringBuilder("| planted mistake | seeds until found |\n| --- | --: |\n");
        for (MovingBug bug : MovingBug.values()) {
            if (bug != MovingBug.NONE) {
                OptionalLong found = firstSeedOf(bug);

                assertThat(found).as("the seed that finds %s", bug).isPresent();
                table.append(String.format(Locale.ROOT, "| %s | %d |%n", bug, found.orElseThrow() + 1));
            }
        }
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve("planted-moving-bugs.md"), table);
    }

    private static OptionalLong firstSeedOf(MovingBug bug) {
        OptionalLong found = OptionalLong.empty();
        for (long from = 0; from < MOST_SEEDS_UNTIL_FOUND && found.isEmpty(); from += BATCH) {
            found = LongStream.range(from, from + BATCH)
                    .parallel()
                    .filter(seed -> MovingSimulation.run(seed, bug).violations().stream()
                            .anyMatch(what -> what.contains(bug.symptom())))
                    .min();
        }
        return found;
    }

    private static void assertHolds(LongStream seeds) {
        List<Long> failing = seeds.parallel()
                .filter(seed ->
                        !MovingSimulation.run(seed, MovingBug.NONE).violations().isEmpty())
                .boxed()
                .toList();
        if (!failing.isEmpty()) {
            Simulation.Result first = MovingSimulation.trace(failing.get(0), MovingBug.NONE);
            throw new AssertionError(
                    failing + " fail; seed " + failing.get(0) + ": " + first.violations() + "\n" + first.timeline());
        }
    }
}
