package io.holdfast.quorum;

import io.holdfast.LockInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the members see of a resource, as one. */
final class View {
    private View() {}

    /**
     * The hold of a majority; empty if there is none. What is a majority's with those that don't answer counts as one: it
     * may well be.
     */
    static Optional<LockInfo> ofMajority(List<Answer<Optional<LockInfo>>> answers, int majority) {
        List<LockInfo> parts =
                answers.stream().flatMap(answer -> seen(answer).stream()).toList();
        long silent = answers.size() - Answer.count(answers);
        // A member that was late may have another token for a moment; it isn't a part of the hold.
        return largest(parts, part -> new Named(part.resource(), part.client(), part.fencingToken()))
                .filter(same -> same.size() >= majority)
                .or(() -> largest(parts, LockInfo::client).filter(same -> same.size() + silent >= majority))
                .map(same -> whole(same, majority, waiters(parts)));
    }

    private static Optional<LockInfo> seen(Answer<Optional<LockInfo>> answer) {
        Optional<LockInfo> seen = answer.value();
        return seen == null ? Optional.empty() : seen;
    }

    private static Optional<List<LockInfo>> largest(List<LockInfo> parts, Function<LockInfo, Object> by) {
        return parts.stream().collect(Collectors.groupingBy(by)).values().stream()
                .max(Comparator.comparingInt(List::size));
    }

    private static int waiters(List<LockInfo> parts) {
        return parts.stream().mapToInt(LockInfo::waiters).max().orElse(0);
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
