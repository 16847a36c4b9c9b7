package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import java.util.ArrayList;
import java.util.List;

/**
 * One contestant's turn in a run.
 *
 * @param family which family's part of the run it belongs to
 * @param scenario what is measured
 * @param round in which round; from 1
 * @param contestant of whom
 */
record Step(Family family, Scenario scenario, int round, Contestant contestant) {
    /** All turns, in order: within a scenario, round by round, so that whatever disturbs hits all contestants alike. */
    static List<Step> of(Selection selection, Plan plan) {
        List<Step> steps = new ArrayList<>();
        for (Family family : Family.values()) {
            for (Scenario scenario : selection.scenarios()) {
                int rounds = plan.rounds(scenario, family == Family.MEMORY);
                for (int round = 1; round <= rounds; round++) {
                    for (Contestant contestant : selection.contestants(scenario, family, round)) {
                        steps.add(new Step(family, scenario, round, contestant));
                    }
                }
            }
        }
        return steps;
    }

    /** About how long it takes, to guess how much time is left; the ratios matter, not the seconds. */
    double weight(Plan plan) {
        double turn = (plan.pace().warmUpMillis() + plan.pace().millis()) / 1e3;
        double jmh = 1.5 + (plan.warmUps() + plan.iterations()) * plan.iterationMillis() / 1e3;
        return rehearsal(plan)
                + switch (scenario) {
                    case HELD_LOCKS -> plan.heldLocks().size() * (jmh + 1);
                    case HELD_LOCKS_MEMORY -> 9;
                    case EXPIRY_LATENESS -> 14;
                    case VIRTUAL_THREAD_WAITERS -> 6;
                    case THREADS -> 4 * turn;
                    case RENEWAL -> 16;
                    case WAITERS -> 4;
                    case CONTENDED -> family == Family.MEMORY ? 5 : turn + 0.3;
                    case SEVERAL_JVMS -> turn + 1.5;
                    default -> family == Family.MEMORY ? jmh : turn + 0.5;
                };
    }

    private double rehearsal(Plan plan) {
        return round > 1 || family == Family.MEMORY ? 0 : plan.pace().mostRehearsalMillis() / 1e3;
    }

    /** The same turn of the same run has the same text. */
    String key() {
        return scenario.label() + " " + contestant.label() + " " + round;
    }
}
