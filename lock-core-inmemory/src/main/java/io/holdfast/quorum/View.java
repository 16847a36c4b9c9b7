package io.holdfast.quorum;

import io.holdfast.LockInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the members see of a resource, as one. */
final class View {
    private View() {}

    /**
     * The hold of a majority; empty if there is none. What is a majority's with those that don't answer counts as one: it
     * may well be.
     */
    static Optional<LockInfo> ofMajority(List<Answer<Optional<LockInfo>>> answers, int majority) {
        Map<String, List<LockInfo>> holders = new LinkedHashMap<>();
        int waiters = 0;
        for (Answer<Optional<LockInfo>> answer : answers) {
            Optional<LockInfo> seen = answer.value() == null ? Optional.empty() : answer.value();
            if (seen.isPresent()) {
                waiters = Math.max(waiters, seen.get().waiters());
                holders.computeIfAbsent(seen.get().client(), client -> new ArrayList<>())
                        .add(seen.get());
            }
        }
        long silent = answers.size() - Answer.count(answers);
        for (List<LockInfo> parts : holders.values()) {
            if (parts.size() + silent >= majority) {
                return Optional.of(whole(parts, majority, waiters));
            }
        }
        return Optional.empty();
    }

    /** What stands in the way of another request: whatever the first member that answers has, since there requests queue. */
    static Optional<LockInfo> inTheWay(List<Answer<Optional<LockInfo>>> answers, int majority) {
        for (Answer<Optional<LockInfo>> answer : answers) {
            Optional<LockInfo> seen = answer.value();
            if (seen != null) {
                return seen.isPresent() ? seen : ofMajority(answers, majority);
            }
        }
        return Optional.empty();
    }

    private static LockInfo whole(List<LockInfo> parts, int majority, int waiters) {
        LockInfo newest = parts.get(0);
        List<Duration> remaining = new ArrayList<>();
        for (LockInfo part : parts) {
            newest = part.fencingToken() > newest.fencingToken() ? part : newest;
            remaining.add(part.remaining());
        }
        remaining.sort((one, other) -> other.compareTo(one));
        Duration left = remaining.get(Math.min(majority, remaining.size()) - 1);
        return new LockInfo(
                newest.resource(),
                newest.client(),
                newest.fencingToken(),
                newest.status(),
                newest.acquiredAt(),
                newest.expiresAt().minus(newest.remaining()).plus(left),
                left,
                waiters);
    }
}
