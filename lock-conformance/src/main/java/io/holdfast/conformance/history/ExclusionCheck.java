package io.holdfast.conformance.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Mutual exclusion as the holders saw it: between two moments at which one hold was valid, no other may be. */
final class ExclusionCheck {
    private ExclusionCheck() {}

    static List<Violation> check(List<Call> calls) {
        List<Call> valid = calls.stream()
                .filter(call -> call.kind() == Kind.VALID)
                .sorted(Comparator.comparingLong(Call::startedAt))
                .toList();
        Map<Long, Call> last = new HashMap<>();
        valid.forEach(call -> last.put(call.token(), call));
        List<Violation> found = new ArrayList<>();
        for (int i = 0; i < valid.size(); i++) {
            Call call = valid.get(i);
            inside(valid, i, last.getOrDefault(call.token(), call), found);
        }
        return found;
    }

    // Each call is compared up to the next one of the same hold, which looks after the rest.
    private static void inside(List<Call> valid, int from, Call last, List<Violation> found) {
        Call first = valid.get(from);
        for (Call other : valid.subList(from + 1, valid.size())) {
            if (other.token() == first.token() || other.startedAt() >= last.startedAt()) {
                return;
            }
            if (other.endedAt() < last.startedAt() && first.precedes(other)) {
                found.add(new Violation(
                        "mutual exclusion",
                        "while " + first.client() + " held " + first.resource() + " with token " + first.token() + ", "
                                + other.client() + " held it with token " + other.token(),
                        List.of(first, other, last)));
                return;
            }
        }
    }
}
