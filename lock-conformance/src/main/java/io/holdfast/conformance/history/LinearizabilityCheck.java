package io.holdfast.conformance.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for an order of the calls to one resource that explains all answers: each call takes effect at one moment
 * between its start and its end, and a {@link RegisterState} that goes through them in that order gives the same
 * answers. The search is Wing and Gong's ("Testing and verifying concurrent objects", 1993), with the memory for
 * configurations that Lowe added ("Testing for linearizability", 2017).
 *
 * <p>A call without an answer may come at any time after its start, or never.
 */
final class LinearizabilityCheck {
    private static final int MOST_CONFIGURATIONS = 500_000;
    private static final int SHOWN_BEFORE = 12;

    private final List<Call> calls;
    private final int answered;
    private final int[] acquireOf;
    private final long overhang;
    private final Set<Position.Configuration> tried = new HashSet<>();
    private Position furthest;

    LinearizabilityCheck(List<Call> recorded, long overhang) {
        this.overhang = overhang;
        calls = Preparation.of(recorded);
        answered = (int)
                calls.stream().filter(call -> call.endedAt() != Call.NEVER).count();
        acquireOf = acquiresOfWithdrawals(calls);
        furthest = Position.start(answered);
    }

    private static int[] acquiresOfWithdrawals(List<Call> calls) {
        Map<Long, Integer> acquires = new HashMap<>();
        int[] acquireOf = new int[calls.size()];
        for (int i = 0; i < acquireOf.length; i++) {
            if (calls.get(i).kind() == Kind.ACQUIRE) {
                acquires.put(calls.get(i).request(), i);
            }
        }
        for (int i = 0; i < acquireOf.length; i++) {
            boolean withdrawal = calls.get(i).kind() == Kind.WITHDRAW;
            acquireOf[i] = withdrawal ? acquires.getOrDefault(calls.get(i).request(), -1) : -1;
        }
        return acquireOf;
    }

    Optional<Violation> check() {
        Deque<Iterator<Position>> path = new ArrayDeque<>();
        path.push(List.of(Position.start(answered)).iterator());
        while (!path.isEmpty()) {
            if (!path.element().hasNext()) {
                path.pop();
                continue;
            }
            Position position = path.element().next();
            if (position.first() == answered) {
                return Optional.empty();
            }
            if (tried.size() == MOST_CONFIGURATIONS) {
                return Optional.of(
                        violation("no order was found in " + MOST_CONFIGURATIONS + " configurations", false));
            }
            if (tried.add(position.configuration())) {
                path.push(further(position).iterator());
            }
        }
        return Optional.of(violation("no order of the calls explains all answers", true));
    }

    /** The positions that are one call further. */
    private List<Position> further(Position position) {
        furthest = position.depth() > furthest.depth() ? position : furthest;
        List<Integer> candidates = candidates(position);
        // All calls that aren't placed come later, so that the next one comes before the first of them ends.
        long to = calls.get(candidates.get(0)).endedAt();
        List<Position> further = new ArrayList<>();
        for (int index : candidates) {
            Call call = calls.get(index);
            long from = Math.max(position.now(), call.startedAt());
            for (RegisterState before : position.state().between(from, to, overhang)) {
                for (RegisterState after : before.after(call, from, to)) {
                    // A call that may never happen is placed only for its effect.
                    if (index < answered || !after.equals(before)) {
                        further.add(position.place(index, after, from));
                    }
                }
            }
        }
        return further;
    }

    /** The calls that may be next, since none of those that aren't placed ended before they began; by their end. */
    private List<Integer> candidates(Position position) {
        List<Integer> candidates = new ArrayList<>();
        long firstEnd = Call.NEVER;
        for (int i = position.first(); i < answered && calls.get(i).startedAt() <= firstEnd; i++) {
            if (!position.isPlaced(i)) {
                candidates.add(i);
                firstEnd = Math.min(firstEnd, calls.get(i).endedAt());
            }
        }
        for (int i = answered; i < calls.size() && calls.get(i).startedAt() <= firstEnd; i++) {
            if (!position.isPlaced(i)) {
                candidates.add(i);
            }
        }
        candidates.removeIf(i -> acquireOf[i] >= 0 && !position.isPlaced(acquireOf[i]));
        candidates.sort(Comparator.comparingLong(i -> calls.get(i).endedAt()));
        return candidates;
    }

    private Violation violation(String what, boolean certain) {
        List<Integer> shown = new ArrayList<>(furthest.last(SHOWN_BEFORE));
        shown.addAll(candidates(furthest));
        String explanation = what + "; at most " + furthest.depth() + " of " + calls.size()
                + " could be placed, which led to " + furthest.state();
        return new Violation(
                "linearizability", explanation, shown.stream().map(calls::get).toList(), certain);
    }
}
