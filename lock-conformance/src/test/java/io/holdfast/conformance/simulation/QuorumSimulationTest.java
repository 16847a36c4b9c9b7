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
 * The quorum protocol in a world where everything goes wrong that may, by its assumptions. A seed that fails prints its
 * timeline; {@code -Dholdfast.simulation.seed=…} runs that one again.
 */
class QuorumSimulationTest {
    private static final Path FOLDER = Path.of("target", "simulation");
    private static final long SEEDS = 2_000;
    private static final long MANY_SEEDS = 300_000;
    private static final int BATCH = 64;

    @Test
    void noSeedBreaksTheQuorum() {
        Long chosen = Long.getLong("holdfast.simulation.seed");
        assertHolds(chosen == null ? LongStream.range(0, SEEDS) : LongStream.of(chosen));
    }

    @Test
    @Tag("long")
    void noneOfManySeedsBreaksTheQuorum() {
        assertHolds(LongStream.range(SEEDS, MANY_SEEDS));
    }

    @Test
    void aSeedReplaysExactly() {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(QuorumSimulation.trace(seed, QuorumBug.NONE).timeline())
                    .as("seed %d", seed)
                    .isEqualTo(QuorumSimulation.trace(seed, QuorumBug.NONE).timeline());
        }
    }

    /** What it finds is worth as much as what it would find: each of these mistakes, and after how many seeds. */
    @Test
    void everyPlantedBugIsFound() throws IOException {
        StringBuilder table = new StringBuilder("| planted bug | seeds until found |\n| --- | --- |\n");
        for (QuorumBug bug : QuorumBug.values()) {
            if (bug != QuorumBug.NONE) {
                OptionalLong found = firstSeedOf(bug);

                assertThat(found).as("the seed that finds %s", bug).isPresent();
                table.append(String.format(Locale.ROOT, "| %s | %d |%n", bug, found.orElseThrow() + 1));
            }
        }
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve("planted-quorum-bugs.md"), table);
    }

    /** A clock that jumps by more than clocks drift ends leases early, which no protocol over leases survives; the tokens do. */
    @Test
    void clockStepsCanBreakExclusionButNotFencing() {
        List<String> violations = LongStream.range(0, 400)
                .parallel()
                .boxed()
                .flatMap(seed -> QuorumSimulation.runWithClockSteps(seed).violations().stream())
                .toList();

        assertThat(violations).anyMatch(what -> what.startsWith("two hold"));
        assertThat(violations).noneMatch(what -> what.startsWith("fencing"));
    }

    private static OptionalLong firstSeedOf(QuorumBug bug) {
        OptionalLong found = OptionalLong.empty();
        for (long from = 0; from < 4 * SEEDS && found.isEmpty(); from += BATCH) {
            found = LongStream.range(from, from + BATCH)
                    .parallel()
                    .filter(seed -> QuorumSimulation.run(seed, bug).violations().stream()
                            .anyMatch(what -> what.contains(bug.symptom())))
                    .min();
        }
        return found;
    }

    private static void assertHolds(LongStream seeds) {
        List<Long> failing = seeds.parallel()
                .filter(seed ->
                        !QuorumSimulation.run(seed, QuorumBug.NONE).violations().isEmpty())
                .boxed()
                .toList();
        if (!failing.isEmpty()) {
            Simulation.Result first = QuorumSimulation.trace(failing.get(0), QuorumBug.NONE);
            throw new AssertionError(
                    failing + " fail; seed " + failing.get(0) + ": " + first.violations() + "\n" + first.timeline());
        }
    }
}
