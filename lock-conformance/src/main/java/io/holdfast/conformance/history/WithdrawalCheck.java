package io.holdfast.conformance.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A request that was taken back gets nothing any more: nobody who looks afterwards finds its client as the holder, and
 * its token, should it have one, is smaller than those of all later requests.
 */
final class WithdrawalCheck {
    private final Map<String, List<Call>> acquiresByClient = new HashMap<>();
    private final List<Call> withdrawals;
    private final List<Call> calls;

    private WithdrawalCheck(List<Call> calls) {
        this.calls = calls;
        withdrawals = calls.stream()
                .filter(call -> call.is(Kind.WITHDRAW, Outcome.DONE))
                .toList();
        for (Call call : calls) {
            if (call.kind() == Kind.ACQUIRE) {
                acquiresByClient
                        .computeIfAbsent(call.client(), client -> new ArrayList<>())
                        .add(call);
            }
        }
    }

    static List<Violation> check(List<Call> calls) {
        WithdrawalCheck check = new WithdrawalCheck(calls);
        List<Violation> found = new ArrayList<>();
        check.withdrawals.forEach(withdrawal -> check.check(withdrawal, found));
        return found;
    }

    private void check(Call withdrawal, List<Violation> found) {
        // A client's other requests may rightly have a hold: nothing can be said then.
        List<Call> acquires = acquiresByClient.getOrDefault(withdrawal.client(), List.of());
        if (acquires.size() != 1) {
            return;
        }
        Call acquire = acquires.get(0);
        for (Call call : calls) {
            if (withdrawal.precedes(call) && shows(call, acquire)) {
                found.add(new Violation(
                        "withdrawal",
                        acquire.client() + " took its request for " + acquire.resource()
                                + " back, and was granted it afterwards",
                        List.of(acquire, withdrawal, call)));
                return;
            }
        }
    }

    private static boolean shows(Call later, Call withdrawn) {
        boolean held = later.is(Kind.INSPECT, Outcome.DONE) && later.client().equals(withdrawn.client());
        boolean overtaken = later.is(Kind.ACQUIRE, Outcome.DONE)
                && withdrawn.outcome() == Outcome.DONE
                && later.token() < withdrawn.token();
        return held || overtaken;
    }
}
