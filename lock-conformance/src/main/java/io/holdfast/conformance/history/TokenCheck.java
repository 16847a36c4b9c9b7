package io.holdfast.conformance.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fencing: a token belongs to one client, and a grant that was asked for after another had arrived has no smaller one. */
final class TokenCheck {
    private TokenCheck() {}

    static List<Violation> check(List<Call> calls) {
        List<Call> grants = calls.stream()
                .filter(call -> call.is(Kind.ACQUIRE, Outcome.DONE))
                .toList();
        List<Violation> found = new ArrayList<>();
        owners(grants, found);
        order(grants, found);
        return found;
    }

    private static void owners(List<Call> grants, List<Violation> found) {
        Map<Long, Call> owners = new HashMap<>();
        for (Call grant : grants) {
            Call owner = owners.putIfAbsent(grant.token(), grant);
            if (owner != null && !owner.client().equals(grant.client())) {
                found.add(new Violation(
                        "fencing",
                        owner.client() + " and " + grant.client() + " were both given token " + grant.token(),
                        List.of(owner, grant)));
            }
        }
    }

    private static void order(List<Call> grants, List<Violation> found) {
        List<Call> byStart = new ArrayList<>(grants);
        byStart.sort(Comparator.comparingLong(Call::startedAt));
        List<Call> byEnd = new ArrayList<>(grants);
        byEnd.sort(Comparator.comparingLong(Call::endedAt));
        int ended = 0;
        @Nullable Call greatest = null;
        for (Call grant : byStart) {
            for (; byEnd.get(ended).precedes(grant); ended++) {
                if (greatest == null || byEnd.get(ended).token() > greatest.token()) {
                    greatest = byEnd.get(ended);
                }
            }
            if (greatest != null && grant.token() < greatest.token()) {
                found.add(new Violation(
                        "fencing",
                        "token " + grant.token() + " was given to a request that began after token " + greatest.token()
                                + " had been given",
                        List.of(greatest, grant)));
            }
        }
    }
}
