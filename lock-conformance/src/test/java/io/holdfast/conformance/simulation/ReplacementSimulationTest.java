package io.holdfast.conformance.simulation;

import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A member of a quorum that is replaced while the quorum is in use. A seed that fails prints its timeline;
 * {@code -Dholdfast.simulation.seed=…} runs that one again.
 */
class ReplacementSimulationTest {
    private static final long SEEDS = 400;
    private static final long MOST_SEEDS_UNTIL_FOUND = 8_000;
    private static final long MANY_SEEDS = 100_000;
    private static final Seeds<ReplacementBug> WORLD =
            new Seeds<>(ReplacementBug.NONE, ReplacementSimulation::run, ReplacementSimulation::trace);

    @Test
    void noSeedBreaksTheReplacement() {
        WORLD.assertHold(Seeds.before(SEEDS));
    }

    @Test
    @Tag("long")
    void noneOfManySeedsBreaksTheReplacement() {
        WORLD.assertHold(LongStream.range(SEEDS, MANY_SEEDS));
    }

    @Test
    void aSeedReplaysExactly() {
        WORLD.assertReplay(LongStream.range(0, 2));
    }

    /** What it finds is worth as much as what it would find: each of these mistakes, and after how many seeds. */
    @Test
    void everyPlantedBugIsFound() throws IOException {
        WORLD.assertFindEveryBug(MOST_SEEDS_UNTIL_FOUND, "planted-replacement-bugs.md");
    }
}
