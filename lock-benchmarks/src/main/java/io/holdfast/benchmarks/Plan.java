package io.holdfast.benchmarks;

import java.util.List;

/**
 * How long to measure.
 *
 * @param rounds how often each contestant has its turn
 * @param warmUps JMH's warm-up iterations
 * @param iterations JMH's measured iterations
 * @param iterationMillis how long an iteration of either kind takes
 * @param heldLocks how many other locks are held in the scenario about that
 */
record Plan(int rounds, int warmUps, int iterations, int iterationMillis, List<Integer> heldLocks) {
    /** Some minutes: tells a factor of two, not ten per cent. */
    static Plan quick() {
        return new Plan(1, 4, 2, 500, List.of(1, 1_000_000));
    }

    /** For figures to publish. */
    static Plan full() {
        return new Plan(5, 5, 3, 1000, List.of(1, 1_000, 1_000_000));
    }

    Plan withRounds(int number) {
        return new Plan(number, warmUps, iterations, iterationMillis, heldLocks);
    }
}
