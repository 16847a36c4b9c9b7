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
 * The lock manager in a world where everything goes wrong that can. A seed that fails prints its timeline;
 * {@code -Dholdfast.simulation.seed=…} runs that one again.
 */
class SimulationTest {
    private static final Path FOLDER = Path.of("target", "simulation");
    private static final long SEEDS = 100_000;
    private static final long MANY_SEEDS = 3_000_000;
    private static final int BATCH = 128;
    private static final int REPLAYED = 300;

    @Test
    void noSeedBreaksTheContract() {
        Long chosen = Long.getLong("holdfast.simulation.seed");
        assertContractHolds(chosen == null ? LongStream.range(0, SEEDS) : LongStream.of(chosen));
    }

    @Test
    @Tag("long")
    void noneOfManySeedsBreaksTheContract() {
        assertContractHolds(LongStream.range(SEEDS, MANY_SEEDS));
    }

    @Test
    void aSeedReplaysExactly() {
        for (long seed = 0; seed < REPLAYED; seed++) {
            assertThat(Simulation.trace(seed, Bug.NONE).timeline())
                    .as("seed %d", seed)
                    .isEqualTo(Simulation.trace(seed, Bug.NONE).timeline());
        }
    }

    /** What it finds is worth as much as what it would find: each of these mistakes, and after how many seeds. */
    @Test
    void everyPlantedBugIsFound() throws IOException {
        StringBuilder table = new StringBuilder("| planted bug | seeds until found |\n| --- | --- |\n");
        for (Bug bug : Bug.values()) {
            if (bug != Bug.NONE) {
                OptionalLong found = firstSeedOf(bug);

                assertThat(found).as("the seed that finds %s", bug).isPresent();
                table.append(String.format(Locale.ROOT, "| %s | %d |%n", bug, found.orElseThrow() + 1));
            }
        }
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve("planted-bugs.md"), table);
    }

    private static OptionalLong firstSeedOf(Bug bug) {
        OptionalLong found = OptionalLong.empty();
        for (long from = 0; from < SEEDS && found.isEmpty(); from += BATCH) {
            found = LongStream.range(from, from + BATCH)
                    .parallel()
                    .filter(seed -> shows(seed, bug))
                    .min();
        }
        return found;
    }

    private static boolean shows(long seed, Bug bug) {
        return Simulation.run(seed, bug).violations().stream().anyMatch(what -> what.contains(bug.symptom()));
    }

    private static void assertContractHolds(LongStream seeds) {
        List<Long> failing = seeds.parallel()
                .filter(seed -> !Simulation.run(seed, Bug.NONE).violations().isEmpty())
                .boxed()
                .toList();
        if (!failing.isEmpty()) {
            Simulation.Result first = Simulation.trace(failing.get(0), Bug.NONE);
            throw new AssertionError(
                    failing + " fail; seed " + failing.get(0) + ": " + first.violations() + "\n" + first.timeline());
        }
    }
}
