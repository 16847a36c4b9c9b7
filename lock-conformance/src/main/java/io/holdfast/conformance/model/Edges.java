package io.holdfast.conformance.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The moments at which a lease or a wait may end in a store with a clock of its own, each known as well as the moment
 * of the command that began it.
 */
final class Edges {
    /** The longest lease or wait, in units. */
    private static final int LONGEST = 4;

    private final List<long[]> commands = new ArrayList<>();
    private final long unit;
    private final long margin;
    private final boolean matter;

    Edges(long unit, boolean matter) {
        this.unit = unit;
        this.margin = unit / 12;
        this.matter = matter;
    }

    /** Notes a command that was carried out between two moments, and from which something may count. */
    void add(long from, long to) {
        if (matter) {
            commands.add(new long[] {from, to});
        }
    }

    /** Whether something may have ended between two moments. */
    boolean isNear(long from, long to) {
        return commands.stream().anyMatch(command -> isNear(command, from, to));
    }

    private boolean isNear(long[] command, long from, long to) {
        for (int units = 1; units <= LONGEST; units++) {
            if (command[0] + units * unit - margin <= to && from <= command[1] + units * unit + margin) {
                return true;
            }
        }
        return false;
    }
}
