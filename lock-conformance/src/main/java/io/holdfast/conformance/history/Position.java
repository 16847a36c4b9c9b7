package io.holdfast.conformance.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in the search for an order: which calls have been placed, and the state that they led to. Calls have indices:
 * first those that were answered, by their start, then the others.
 */
final class Position {
    private final int answered;
    private final Configuration configuration;
    private final long now;
    private final int depth;
    private final int call;
    private final @Nullable Position previous;

    private Position(
            int answered, Configuration configuration, long now, int depth, int call, @Nullable Position previous) {
        this.answered = answered;
        this.configuration = configuration;
        this.now = now;
        this.depth = depth;
        this.call = call;
        this.previous = previous;
    }

    static Position start(int answered) {
        Configuration nothing = new Configuration(0, new BitSet(), new BitSet(), RegisterState.INITIAL);
        return new Position(answered, nothing, Long.MIN_VALUE, 0, -1, null);
    }

    /** What makes two positions the same for the search: the state and the placed calls, whatever their order. */
    Configuration configuration() {
        return configuration;
    }

    RegisterState state() {
        return configuration.state();
    }

    /** The first of the answered calls that isn't placed. */
    int first() {
        return configuration.first();
    }

    /** The latest start of a placed call: the next one takes effect no earlier. */
    long now() {
        return now;
    }

    /** How many calls are placed. */
    int depth() {
        return depth;
    }

    boolean isPlaced(int index) {
        if (index >= answered) {
            return configuration.unanswered().get(index - answered);
        }
        int offset = index - configuration.first();
        return offset < 0 || configuration.beyond().get(offset);
    }

    Position place(int index, RegisterState after, long from) {
        return new Position(answered, configuration.with(index, answered, after), from, depth + 1, index, this);
    }

    /** The calls that were placed last, in their order. */
    List<Integer> last(int most) {
        List<Integer> indices = new ArrayList<>();
        for (Position at = this; at.previous != null && indices.size() < most; at = at.previous) {
            indices.add(at.call);
        }
        Collections.reverse(indices);
        return indices;
    }

    /**
     * Which calls are placed, and the state.
     *
     * @param first the first answered call that isn't placed
     * @param beyond which of the answered calls after it are, counted from it
     * @param unanswered which of the unanswered calls are
     * @param state what they led to
     */
    record Configuration(int first, BitSet beyond, BitSet unanswered, RegisterState state) {
        Configuration with(int index, int answered, RegisterState after) {
            if (index >= answered) {
                BitSet more = (BitSet) unanswered.clone();
                more.set(index - answered);
                return new Configuration(first, beyond, more, after);
            }
            BitSet more = (BitSet) beyond.clone();
            more.set(index - first);
            int shift = more.nextClearBit(0);
            return new Configuration(first + shift, more.get(shift, more.length()), unanswered, after);
        }
    }
}
