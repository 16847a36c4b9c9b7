package io.holdfast.quorum;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose renewals count for holds that not all members are a part of. What another member was asked for is withdrawn, now or when it answers again: until then
 * it may still say that it has renewed a hold, which nobody may rely on.
 *
 * <p>Thread-safe.
 */
final class PartialHolds {
    private static final int FEW = 64;

    private final List<Member> members;
    private final long longestLease;
    private final Map<Named, Part> holds = new ConcurrentHashMap<>();
    /** From how many on those are forgotten that are over. */
    private volatile int many = FEW;

    PartialHolds(List<Member> members, long longestLease) {
        this.members = members;
        this.longestLease = longestLease;
    }

    /**
     * A hold has begun, or has been handed out again.
     *
     * @param having those who have it with its token
     * @param validUntil until when a majority has it
     */
    void begin(Named hold, Collection<Member> having, long validUntil, long now) {
        if (having.size() == members.size()) {
            holds.remove(hold);
            return;
        }
        holds.compute(hold, (same, before) -> {
            Set<Member> all = ConcurrentHashMap.newKeySet();
            all.addAll(having);
            if (before != null) {
                all.addAll(before.having);
            }
            return new Part(all, validUntil);
        });
        if (holds.size() >= many) {
            // One that is over by what is known here may have been renewed by an answer that is still on its way.
            holds.values().removeIf(part -> part.validUntil + longestLease - now < 0);
            many = Math.max(FEW, 2 * holds.size());
        }
    }

    /** A member has become a part of a hold that was handed out before. */
    void join(Named hold, Member member) {
        holds.computeIfPresent(hold, (same, part) -> {
            part.having.add(member);
            return part.having.size() == members.size() ? null : part;
        });
    }

    /** Whose renewals of a hold count that are asked for now. */
    Set<Member> of(Named hold) {
        Part part = holds.get(hold);
        return part == null ? Set.copyOf(members) : Set.copyOf(part.having);
    }

    void renewed(Named hold, long validUntil) {
        holds.computeIfPresent(hold, (same, part) -> new Part(part.having, validUntil));
    }

    void end(Named hold) {
        holds.remove(hold);
    }

    /** How many are remembered, to show that they are forgotten. */
    int size() {
        return holds.size();
    }

    private record Part(Set<Member> having, long validUntil) {}
}
