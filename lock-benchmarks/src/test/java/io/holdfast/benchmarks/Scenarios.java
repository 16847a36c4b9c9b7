package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import java.util.Arrays;
import java.util.List;

/** The scenarios, for tests in other packages. */
public final class Scenarios {
    private Scenarios() {}

    /** Their names. */
    public static List<String> labels() {
        return Arrays.stream(Scenario.values()).map(Scenario::label).toList();
    }

    /** Whether there is such a scenario and the contestant has a turn in it. */
    public static boolean takesPart(String scenario, Contestant contestant) {
        return Arrays.stream(Scenario.values())
                .filter(each -> each.label().equals(scenario))
                .anyMatch(each -> each.contestants(contestant.family()).contains(contestant));
    }
}
