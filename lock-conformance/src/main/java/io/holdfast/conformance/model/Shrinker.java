package io.holdfast.conformance.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing sequence short: it leaves out as many commands as it can, in large pieces first (Zeller and
 * Hildebrandt, "Simplifying and isolating failure-inducing input", 2002), and makes those that stay simpler.
 */
final class Shrinker {
    private final Predicate<List<Command>> fails;
    private int triesLeft;

    /**
     * Makes a shrinker.
     *
     * @param fails whether a sequence still fails
     * @param tries how often that may be asked
     */
    Shrinker(Predicate<List<Command>> fails, int tries) {
        this.fails = fails;
        this.triesLeft = tries;
    }

    List<Command> shrink(List<Command> failing) {
        List<Command> shortest = failing;
        List<Command> before;
        do {
            before = shortest;
            shortest = simplify(leaveOut(shortest));
        } while (triesLeft > 0 && !shortest.equals(before));
        return shortest;
    }

    private List<Command> leaveOut(List<Command> failing) {
        List<Command> shortest = failing;
        for (int piece = Math.max(1, failing.size() / 2); piece > 0; piece /= 2) {
            int from = 0;
            while (from < shortest.size()) {
                List<Command> rest = new ArrayList<>(shortest);
                rest.subList(from, Math.min(shortest.size(), from + piece)).clear();
                if (stillFails(rest)) {
                    shortest = rest;
                } else {
                    from += piece;
                }
            }
        }
        return shortest;
    }

    private List<Command> simplify(List<Command> failing) {
        List<Command> simplest = failing;
        for (int i = 0; i < simplest.size(); i++) {
            for (Command simpler : simplest.get(i).simpler()) {
                List<Command> changed = new ArrayList<>(simplest);
                changed.set(i, simpler);
                if (stillFails(changed)) {
                    simplest = changed;
                }
            }
        }
        return simplest;
    }

    private boolean stillFails(List<Command> commands) {
        return triesLeft-- > 0 && fails.test(commands);
    }
}
