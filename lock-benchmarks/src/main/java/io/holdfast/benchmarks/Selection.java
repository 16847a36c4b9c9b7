package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What to measure.
 *
 * @param scenarios which scenarios, in their order
 * @param contestants which contestants, as far as they can take part
 */
record Selection(Set<Scenario> scenarios, Set<Contestant> contestants) {
    /**
     * Reads names of scenarios, contestants and families in any order.
     *
     * @param labels the names; of a kind that isn't named, all of the plan are meant
     * @param plan what is meant otherwise
     * @return what they name
     * @throws IllegalArgumentException if one is none of these
     */
    static Selection of(List<String> labels, Plan plan) {
        Set<Scenario> scenarios = EnumSet.noneOf(Scenario.class);
        Set<Contestant> contestants = EnumSet.noneOf(Contestant.class);
        for (String label : labels) {
            Set<Scenario> namedScenarios = named(label, Scenario.values(), Scenario::label);
            Set<Contestant> namedContestants = named(label, Contestant.values(), Contestant::label);
            Set<Family> namedFamilies = named(label, Family.values(), Family::label);
            if (namedScenarios.isEmpty() && namedContestants.isEmpty() && namedFamilies.isEmpty()) {
                throw new IllegalArgumentException("'" + label + "' is no scenario, no contestant and no family");
            }
            scenarios.addAll(namedScenarios);
            contestants.addAll(namedContestants);
            namedFamilies.forEach(family -> contestants.addAll(of(family, plan)));
        }
        return new Selection(
                scenarios.isEmpty() ? plan.scenarios() : scenarios,
                contestants.isEmpty() ? plan.contestants() : contestants);
    }

    private static <T> Set<T> named(String label, T[] all, Function<T, String> labels) {
        return Arrays.stream(all)
                .filter(each -> labels.apply(each).equals(label))
                .collect(Collectors.toSet());
    }

    private static Set<Contestant> of(Family family, Plan plan) {
        Set<Contestant> planned = Contestant.of(family);
        planned.retainAll(plan.contestants());
        return planned;
    }

    /** The families of which somebody takes part in something. */
    Set<Family> families() {
        Set<Family> families = EnumSet.noneOf(Family.class);
        for (Family family : Family.values()) {
            if (scenarios.stream().anyMatch(s -> !contestants(s, family, 1).isEmpty())) {
                families.add(family);
            }
        }
        return families;
    }

    /** Who of a family takes part in a scenario, each round in another order, so that no one always goes first. */
    List<Contestant> contestants(Scenario scenario, Family family, int round) {
        List<Contestant> order = new ArrayList<>(scenario.contestants(family));
        order.retainAll(contestants);
        if (!order.isEmpty()) {
            Collections.rotate(order, -(round - 1) % order.size());
        }
        return order;
    }
}
