package io.holdfast.quorum;

import io.holdfast.LockBackendException;
import io.holdfast.quorum.Ballot.State;
import io.holdfast.spi.AcquireRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The parts that all members have in one attempt, and what they add up to. */
final class Ballots {
    private final List<Ballot> all;
    private final int majority;
    private final Standing standing;

    Ballots(List<Member> members, AcquireRequest request, Standing standing) {
        this.all = members.stream().map(member -> new Ballot(member, request)).toList();
        this.majority = members.size() / 2 + 1;
        this.standing = standing;
    }

    /** In the members' order. */
    List<Ballot> all() {
        return all;
    }

    int majority() {
        return majority;
    }

    List<Ballot> in(State state) {
        return all.stream().filter(ballot -> ballot.is(state)).toList();
    }

    /** Who has the hold with the quorum's token, whether or not their votes counted for it. */
    List<Member> having() {
        return all.stream()
                .filter(ballot -> ballot.is(State.CONFIRMED) || ballot.is(State.YOUNG))
                .map(Ballot::member)
                .toList();
    }

    boolean anyIn(State state) {
        return all.stream().anyMatch(ballot -> ballot.is(state));
    }

    /** What has been withdrawn stays so: ids that an earlier attempt for the same request has come to are used on. */
    void continueFrom(Ballots earlier) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).continueFrom(earlier.all.get(i));
        }
    }

    boolean haveIdsOfTheirOwn() {
        return all.stream().anyMatch(Ballot::hasIdsOfItsOwn);
    }

    /** The first member in order that hasn't failed in this round, and isn't suspect if there is one that is not; null if all have failed. */
    @Nullable
    Ballot nextGate() {
        Ballot suspect = null;
        for (Ballot ballot : all) {
            if (!ballot.is(State.FAILED)) {
                if (!ballot.member().isSuspect()) {
                    return ballot;
                }
                suspect = suspect == null ? ballot : suspect;
            }
        }
        return suspect;
    }

    /** Whether one of those that are in this state will probably answer soon. */
    boolean anyWorthWaiting(State state) {
        return all.stream()
                .anyMatch(ballot -> ballot.is(state) && !ballot.member().isSuspect());
    }

    /** Those that may still become a part of a hold which is handed out already. */
    List<Ballot> late() {
        return all.stream()
                .filter(ballot -> ballot.is(State.ASKED) || ballot.is(State.WAITING) || ballot.is(State.GRANTED))
                .toList();
    }

    /** How many of these will count, by what is known. A member that was restarted lately doesn't make a majority: those that have queued the request are waited for. */
    long votes(List<Ballot> some) {
        return some.stream()
                .filter(ballot -> standing.mayCount(ballot.member(), ballot.askedWhen()))
                .count();
    }

    /** Whether those that have granted must not decide by themselves, since it needs the votes of some that have queued the request. */
    boolean waitersDecide() {
        long votes = votes(in(State.GRANTED));
        return votes < majority && votes + votes(in(State.WAITING)) >= majority;
    }

    /**
     * The token that a majority of these has in common whose votes count, or 0. It is that of a hold which the client has already, or
     * the members have come to it by themselves.
     */
    long commonToken(List<Ballot> granted) {
        for (Ballot ballot : granted) {
            List<Ballot> same = granted.stream()
                    .filter(other -> other.token() == ballot.token())
                    .toList();
            if (same.size() >= majority && votes(same) >= majority) {
                return ballot.token();
            }
        }
        return 0;
    }

    /** Whether a majority tells of one and the same hold of somebody else. */
    boolean agreeOnAHolder() {
        Map<Named, Long> holds = all.stream()
                .filter(ballot -> ballot.is(State.WAITING) || ballot.is(State.REFUSED))
                .map(Ballot::holder)
                .flatMap(Stream::ofNullable)
                .collect(Collectors.groupingBy(
                        holder -> new Named(holder.resource(), holder.client(), holder.fencingToken()),
                        Collectors.counting()));
        return holds.values().stream().anyMatch(members -> members >= majority);
    }

    boolean leaveNoMajority() {
        return in(State.FAILED).size() > all.size() - majority;
    }

    /** Whether a vote that didn't count would count by now. */
    boolean hasComeOfAge() {
        return in(State.YOUNG).stream().anyMatch(ballot -> standing.mayCount(ballot.member(), standing.now()));
    }

    /** Until when a majority of these has the hold. */
    long validUntil(List<Ballot> confirmed) {
        return confirmed.stream()
                .map(Ballot::validUntil)
                .sorted((one, other) -> Long.signum(other - one))
                .toList()
                .get(majority - 1);
    }

    /** Why no majority could be asked. */
    LockBackendException failure() {
        List<LockBackendException> failures = new ArrayList<>();
        boolean applied = false;
        for (Ballot ballot : all) {
            LockBackendException failure = ballot.failure();
            if (ballot.is(State.FAILED) && failure != null) {
                failures.add(failure);
            } else {
                applied |= ballot.sent() != null && !ballot.is(State.REFUSED);
            }
        }
        return LockBackendExceptions.of("no majority of the quorum's members could be asked", failures, applied);
    }
}
