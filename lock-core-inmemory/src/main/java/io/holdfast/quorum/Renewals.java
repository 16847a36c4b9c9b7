package io.holdfast.quorum;

import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** What the members' outcomes of a renewal come to. */
final class Renewals {
    private Renewals() {}

    /**
     * A hold lasts as long as a majority certainly has it; it is lost when a majority can't have it any more.
     *
     * @param counts whether a member is a part of the hold, so that it counts when it has renewed it
     */
    static RenewOutcome outcome(
            HoldRef hold, int place, List<Answer<List<RenewOutcome>>> answers, IntPredicate counts, int majority) {
        List<Long> ends = new ArrayList<>();
        int lost = 0;
        for (int i = 0; i < answers.size(); i++) {
            List<RenewOutcome> outcomes = answers.get(i).value();
            RenewOutcome outcome = outcomes == null || place >= outcomes.size() ? null : outcomes.get(place);
            if (outcome instanceof RenewOutcome.Renewed renewed && counts.test(i)) {
                ends.add(renewed.validUntil());
            } else if (outcome instanceof RenewOutcome.Lost) {
                lost++;
            }
        }
        if (ends.size() >= majority) {
            // Moments may wrap around, so that they are compared by their difference.
            ends.sort((one, other) -> Long.signum(other - one));
            return new RenewOutcome.Renewed(ends.get(majority - 1));
        }
        return lost > answers.size() - majority
                ? new RenewOutcome.Lost()
                : new RenewOutcome.Unknown(
                        Answer.failure("no majority has renewed '" + hold.resource() + "'", answers));
    }
}
