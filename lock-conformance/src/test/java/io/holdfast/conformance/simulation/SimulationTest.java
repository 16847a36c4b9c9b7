package io.holdfast.conformance.simulation;

import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The lock manager in a world where everything goes wrong that can. A seed that fails prints its timeline;
 * {@code -Dholdfast.simulation.seed=…} runs that one again.
 */
class SimulationTest {
    private static final long SEEDS = 100_000;
    private static final long MANY_SEEDS = 3_000_000;
    private static final Seeds<Bug> WORLD = new Seeds<>(Bug.NONE, Simulation::run, Simulation::trace);

    @Test
    void noSeedBreaksTheContract() {
        WORLD.assertHold(Seeds.before(SEEDS));
    }

    @Test
    @Tag("long")
    void noneOfManySeedsBreaksTheContract() {
        WORLD.assertHold(LongStream.range(SEEDS, MANY_SEEDS));
    }

    @Test
    void aSeedReplaysExactly() {
        WORLD.assertReplay(LongStream.range(0, 300));
    }

    /** What it finds is worth as much as what it would find: each of these mistakes, and after how many seeds. */
    @Test
    void everyPlantedBugIsFound() throws IOException {
        WORLD.assertFindEveryBug(SEEDS, "planted-bugs.md");
    }
}
