package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.crew.Pace;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How much to measure.
 *
 * @param rounds how often each contestant has its turn
 * @param heavyRounds the same where a turn takes long
 * @param memoryRounds at most so often in memory, where each turn needs a fresh JVM
 * @param warmUps JMH's warm-up iterations
 * @param iterations JMH's measured iterations
 * @param iterationMillis how long an iteration of either kind takes
 * @param heldLocks how many other locks are held in the scenario about that
 * @param pace how long the turns of crews take
 * @param scenarios what is measured if nothing is named
 * @param contestants who is measured if none is named
 */
record Plan(
        int rounds,
        int heavyRounds,
        int memoryRounds,
        int warmUps,
        int iterations,
        int iterationMillis,
        List<Integer> heldLocks,
        Pace pace,
        Set<Scenario> scenarios,
        Set<Contestant> contestants) {
    /** A first look: tells a factor of two, not ten per cent, and leaves out who is no target. */
    static Plan quick() {
        return new Plan(
                1,
                1,
                1,
                3,
                2,
                400,
                List.of(1, 1_000_000),
                Pace.quick(),
                EnumSet.complementOf(EnumSet.of(
                        Scenario.THREADS,
                        Scenario.RENEWAL,
                        Scenario.HELD_LOCKS_MEMORY,
                        Scenario.EXPIRY_LATENESS,
                        Scenario.VIRTUAL_THREAD_WAITERS)),
                EnumSet.of(
                        Contestant.HOLDFAST,
                        Contestant.FAIR_REENTRANT_LOCK,
                        Contestant.SHEDLOCK,
                        Contestant.HOLDFAST_REDIS,
                        Contestant.REDISSON,
                        Contestant.RAW_POLLING,
                        Contestant.RAW_PUB_SUB,
                        Contestant.HOLDFAST_CLUSTER,
                        Contestant.REDISSON_CLUSTER,
                        Contestant.HOLDFAST_ETCD,
                        Contestant.JETCD,
                        Contestant.RAW_TRANSACTIONS));
    }

    /** For figures to publish. */
    static Plan full() {
        return new Plan(
                3,
                1,
                2,
                4,
                3,
                500,
                List.of(1, 1_000, 1_000_000),
                Pace.full(),
                EnumSet.allOf(Scenario.class),
                EnumSet.allOf(Contestant.class));
    }

    Plan withRounds(int number) {
        return new Plan(
                number, number, number, warmUps, iterations, iterationMillis, heldLocks, pace, scenarios, contestants);
    }

    int rounds(Scenario scenario, boolean inMemory) {
        int wanted = scenario.isHeavy() ? heavyRounds : rounds;
        return inMemory ? Math.min(wanted, memoryRounds) : wanted;
    }
}
