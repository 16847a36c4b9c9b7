package io.holdfast.conformance.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns calls as they were recorded into what the search needs: only those that say something about the register, each
 * with the latest moment at which it can have taken effect. The answered ones come first, by their start.
 */
final class Preparation {
    private final Map<Long, Call> withdrawals = new HashMap<>();
    private final Map<String, Integer> requests = new HashMap<>();

    private Preparation(List<Call> calls) {
        for (Call call : calls) {
            if (call.kind() == Kind.ACQUIRE) {
                requests.merge(call.client(), 1, Integer::sum);
            } else if (call.is(Kind.WITHDRAW, Outcome.DONE)) {
                withdrawals.put(call.request(), call);
            }
        }
    }

    static List<Call> of(List<Call> calls) {
        Preparation preparation = new Preparation(calls);
        List<Call> prepared = new ArrayList<>();
        for (Call call : calls) {
            boolean saysNothing =
                    call.outcome() == Outcome.FAILED || call.is(Kind.ACQUIRE, Outcome.NOTHING) || isBlind(call);
            if (!saysNothing) {
                prepared.add(preparation.prepare(call));
            }
        }
        prepared.sort(Comparator.<Call, Boolean>comparing(call -> call.endedAt() == Call.NEVER)
                .thenComparingLong(Call::startedAt));
        return prepared;
    }

    private static boolean isBlind(Call call) {
        return call.is(Kind.INSPECT, Outcome.UNKNOWN);
    }

    private Call prepare(Call call) {
        if (call.kind() == Kind.ACQUIRE) {
            // After a withdrawal there is nothing left that could take effect.
            Call withdrawal = withdrawals.get(call.request());
            long latest = withdrawal == null ? Call.NEVER : withdrawal.endedAt();
            long endedAt = call.outcome() == Outcome.UNKNOWN ? latest : Math.min(latest, call.endedAt());
            return with(call, endedAt, call.outcome());
        }
        if (call.kind() == Kind.WITHDRAW && requests.getOrDefault(call.client(), 0) > 1) {
            // Whether the hold stays depends on the client's other requests, which this register doesn't count.
            return with(call, call.endedAt(), Outcome.UNKNOWN);
        }
        return call.outcome() == Outcome.UNKNOWN ? with(call, Call.NEVER, Outcome.UNKNOWN) : call;
    }

    private static Call with(Call call, long endedAt, Outcome outcome) {
        return new Call(
                call.process(),
                call.kind(),
                call.request(),
                call.resource(),
                call.client(),
                call.token(),
                call.leaseNanos(),
                call.waitNanos(),
                call.startedAt(),
                call.queuedAt(),
                endedAt,
                outcome);
    }
}
