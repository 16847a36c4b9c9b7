package io.holdfast.conformance.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says whether a correct lock can have given the answers of a history.
 *
 * <p>It looks for mutual exclusion as holders saw it, the order of fencing tokens against real time, grants after a
 * withdrawal, waiters that were passed over, and at last for an order of all calls that explains every answer
 * (linearizability). What it finds is certainly wrong, unless it says that it gave up the search; what it doesn't find may
 * be wrong: it judges one history, not a store.
 */
public final class HistoryChecker {
    private final Rules rules;

    /**
     * Makes a checker.
     *
     * @param rules what the store promises
     */
    public HistoryChecker(Rules rules) {
        this.rules = rules;
    }

    /**
     * Judges a history.
     *
     * @param history the calls of all processes, in any order
     * @return what is wrong or could not be judged; empty if nothing is
     */
    public List<Violation> check(Collection<Call> history) {
        List<Violation> found = new ArrayList<>();
        byResource(history).values().forEach(calls -> found.addAll(checkResource(calls)));
        return found;
    }

    // Resources share nothing, so that each history can be judged alone, which is what keeps the search short.
    private List<Violation> checkResource(List<Call> calls) {
        List<Violation> found = new ArrayList<>();
        found.addAll(ExclusionCheck.check(calls));
        found.addAll(TokenCheck.check(calls));
        found.addAll(WithdrawalCheck.check(calls));
        if (rules.fair()) {
            found.addAll(FairnessCheck.check(calls));
        }
        // The search finds all of the above too, but can't name it as well.
        if (found.isEmpty()) {
            new LinearizabilityCheck(calls, rules.overhang().toNanos()).check().ifPresent(found::add);
        }
        return found;
    }

    private static Map<String, List<Call>> byResource(Collection<Call> history) {
        Map<String, List<Call>> calls = new LinkedHashMap<>();
        for (Call call : history) {
            calls.computeIfAbsent(call.resource(), resource -> new ArrayList<>())
                    .add(call);
        }
        return calls;
    }
}
