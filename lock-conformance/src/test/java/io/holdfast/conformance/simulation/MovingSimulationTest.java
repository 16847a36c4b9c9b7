package io.holdfast.conformance.simulation;

import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Resources that move between stores while everything goes wrong that may. A seed that fails prints its timeline;
 * {@code -Dholdfast.simulation.seed=…} runs that one again.
 */
class MovingSimulationTest {
    private static final long SEEDS = 1_000;
    private static final long MOST_SEEDS_UNTIL_FOUND = 8_000;
    private static final long MANY_SEEDS = 100_000;
    private static final Seeds<MovingBug> WORLD =
            new Seeds<>(MovingBug.NONE, MovingSimulation::run, MovingSimulation::trace);

    @Test
    void noSeedBreaksTheMove() {
        WORLD.assertHold(Seeds.before(SEEDS));
    }

    @Test
    @Tag("long")
    void noneOfManySeedsBreaksTheMove() {
        WORLD.assertHold(LongStream.range(SEEDS, MANY_SEEDS));
    }

    @Test
    void aSeedReplaysExactly() {
        WORLD.assertReplay(LongStream.range(0, 5));
    }

    /** What it finds is worth as much as what it would find: each of these mistakes, and after how many seeds. */
    @Test
    void everyPlantedBugIsFound() throws IOException {
        WORLD.assertFindEveryBug(MOST_SEEDS_UNTIL_FOUND, "planted-moving-bugs.md");
    }
}
