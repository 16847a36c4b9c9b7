package io.holdfast.conformance.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * First come, first served: who knew that it has a place in the queue before another asked is served before that other.
 */
final class FairnessCheck {
    private FairnessCheck() {}

    static List<Violation> check(List<Call> calls) {
        List<Call> grants = firstGrants(calls);
        List<Violation> found = new ArrayList<>();
        for (Call waiter : calls) {
            if (waiter.kind() == Kind.ACQUIRE && waiter.queuedAt() != Call.NEVER && alone(waiter, calls)) {
                passedOver(waiter, calls, grants, found);
            }
        }
        return found;
    }

    private static void passedOver(Call waiter, List<Call> calls, List<Call> grants, List<Violation> found) {
        long gaveUp = gaveUp(waiter, calls);
        for (int i = firstAfter(waiter.queuedAt(), grants); i < grants.size(); i++) {
            Call other = grants.get(i);
            if (other.startedAt() > gaveUp) {
                return;
            }
            if (before(other, waiter, gaveUp) && alone(other, calls)) {
                found.add(new Violation(
                        "first come, first served",
                        waiter.client() + " was waiting for " + waiter.resource() + " when " + other.client()
                                + " asked for it, who got it first",
                        List.of(waiter, other)));
                return;
            }
        }
    }

    /** Whether the other was served while the waiter still waited. */
    private static boolean before(Call other, Call waiter, long gaveUp) {
        boolean served = waiter.outcome() == Outcome.DONE;
        return served ? other.token() < waiter.token() : other.endedAt() < gaveUp;
    }

    // A waiter with no answer has given up at an unknown time, perhaps at once: it has no claim.
    private static long gaveUp(Call waiter, List<Call> calls) {
        return switch (waiter.outcome()) {
            case DONE -> waiter.endedAt();
            case NOTHING, FAILED -> Long.MIN_VALUE;
            case UNKNOWN -> withdrawn(waiter, calls);
        };
    }

    private static long withdrawn(Call waiter, List<Call> calls) {
        for (Call call : calls) {
            if (call.kind() == Kind.WITHDRAW && call.request() == waiter.request()) {
                // The store drops a waiter whose time is over, whether the withdrawal has come or not.
                return Math.min(call.startedAt(), waiter.startedAt() + waiter.waitNanos());
            }
        }
        return Long.MIN_VALUE;
    }

    private static int firstAfter(long moment, List<Call> grants) {
        int low = 0;
        int high = grants.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (grants.get(middle).startedAt() <= moment) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The grants that began a hold, not those that found the client holding already, by their start. */
    private static List<Call> firstGrants(List<Call> calls) {
        Set<Long> tokens = new HashSet<>();
        List<Call> first = new ArrayList<>();
        calls.stream()
                .filter(call -> call.is(Kind.ACQUIRE, Outcome.DONE))
                .sorted(Comparator.comparingLong(Call::endedAt))
                .filter(call -> tokens.add(call.token()))
                .forEach(first::add);
        first.sort(Comparator.comparingLong(Call::startedAt));
        return first;
    }

    // Requests of one client share a place, so that a later one may have an earlier place than it seems.
    private static boolean alone(Call request, List<Call> calls) {
        return calls.stream()
                .noneMatch(call -> call.kind() == Kind.ACQUIRE
                        && call.request() != request.request()
                        && call.client().equals(request.client()));
    }
}
