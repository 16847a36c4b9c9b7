package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What to measure.
 *
 * @param scenarios which scenarios, in their order
 * @param contestants which contestants, as far as they can take part
 */
record Selection(Set<Scenario> scenarios, Set<Contestant> contestants) {
    /**
     * Reads names of scenarios and contestants in any order.
     *
     * @param labels the names; without any of a scenario, all are meant
     * @param others who is meant if no contestant is named
     * @return what they name
     * @throws IllegalArgumentException if one is neither
     */
    static Selection of(List<String> labels, Set<Contestant> others) {
        Set<Scenario> scenarios = EnumSet.noneOf(Scenario.class);
        Set<Contestant> contestants = EnumSet.noneOf(Contestant.class);
        for (String label : labels) {
            boolean known =
                    Arrays.stream(Scenario.values()).anyMatch(s -> s.label().equals(label) && scenarios.add(s))
                            || Arrays.stream(Contestant.values())
                                    .anyMatch(c -> c.label().equals(label) && contestants.add(c));
            if (!known) {
                throw new IllegalArgumentException("'" + label + "' is no scenario, no contestant, or named twice");
            }
        }
        return new Selection(
                scenarios.isEmpty() ? EnumSet.allOf(Scenario.class) : scenarios,
                contestants.isEmpty() ? others : contestants);
    }

    /** Who takes part in a scenario, each round in another order, so that no one always goes first. */
    List<Contestant> contestants(Scenario scenario, int round) {
        List<Contestant> order = new ArrayList<>(scenario.contestants());
        order.retainAll(contestants);
        if (!order.isEmpty()) {
            Collections.rotate(order, -(round - 1) % order.size());
        }
        return order;
    }
}
