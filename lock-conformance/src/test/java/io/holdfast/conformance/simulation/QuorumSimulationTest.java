package io.holdfast.conformance.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The quorum protocol in a world where everything goes wrong that may, by its assumptions. A seed that fails prints its
 * timeline; {@code -Dholdfast.simulation.seed=…} runs that one again.
 */
class QuorumSimulationTest {
    private static final long SEEDS = 2_000;
    private static final long MOST_SEEDS_UNTIL_FOUND = 8_000;
    private static final long MANY_SEEDS = 300_000;
    private static final Seeds<QuorumBug> WORLD =
            new Seeds<>(QuorumBug.NONE, QuorumSimulation::run, QuorumSimulation::trace);

    @Test
    void noSeedBreaksTheQuorum() {
        WORLD.assertHold(Seeds.before(SEEDS));
    }

    @Test
    @Tag("long")
    void noneOfManySeedsBreaksTheQuorum() {
        WORLD.assertHold(LongStream.range(SEEDS, MANY_SEEDS));
    }

    @Test
    void aSeedReplaysExactly() {
        WORLD.assertReplay(LongStream.range(0, 20));
    }

    /** What it finds is worth as much as what it would find: each of these mistakes, and after how many seeds. */
    @Test
    void everyPlantedBugIsFound() throws IOException {
        WORLD.assertFindEveryBug(MOST_SEEDS_UNTIL_FOUND, "planted-quorum-bugs.md");
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
}
