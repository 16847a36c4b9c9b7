package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How much to measure.
 *
 * @param rounds how often each contestant has its turn
 * @param warmUps JMH's warm-up iterations
 * @param iterations JMH's measured iterations
 * @param iterationMillis how long an iteration of either kind takes
 * @param heldLocks how many other locks are held in the scenario about that
 * @param contestants who is measured if none is named
 */
record Plan(
        int rounds,
        int warmUps,
        int iterations,
        int iterationMillis,
        List<Integer> heldLocks,
        Set<Contestant> contestants) {
    /** A first look: tells a factor of two, not ten per cent, and leaves out who is no target. */
    static Plan quick() {
        return new Plan(
                1,
                4,
                2,
                500,
                List.of(1, 1_000_000),
                EnumSet.of(Contestant.HOLDFAST, Contestant.FAIR_REENTRANT_LOCK, Contestant.SHEDLOCK));
    }

    /** For figures to publish. */
    static Plan full() {
        return new Plan(5, 5, 3, 1000, List.of(1, 1_000, 1_000_000), EnumSet.allOf(Contestant.class));
    }

    Plan withRounds(int number) {
        return new Plan(number, warmUps, iterations, iterationMillis, heldLocks, contestants);
    }
}
