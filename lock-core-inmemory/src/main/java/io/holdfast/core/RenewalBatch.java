package io.holdfast.core;

import io.holdfast.LockBackendException;
import io.holdfast.spi.Grant;
import io.holdfast.spi.RenewOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The holds that are to be renewed at one time, with one call. */
final class RenewalBatch {
    private final List<HeldLock> holds = new ArrayList<>();

    void add(HeldLock hold) {
        holds.add(hold);
    }

    void send(Services services) {
        if (holds.isEmpty()) {
            return;
        }
        List<Grant> grants = holds.stream().map(HeldLock::grant).toList();
        CompletableFuture<List<RenewOutcome>> answer = services.calls().renew(grants);
        Answers.whenDone(answer, (outcomes, failure) -> {
            if (failure != null) {
                settleAll(new RenewOutcome.Unknown(services.calls().failure(failure)));
            } else {
                settle(outcomes);
            }
        });
    }

    private void settle(List<RenewOutcome> outcomes) {
        if (outcomes.size() != holds.size()) {
            settleAll(new RenewOutcome.Unknown(LockBackendException.outcomeUnknown(
                    "backend gave " + outcomes.size() + " outcomes for " + holds.size() + " renewals", null)));
            return;
        }
        for (int i = 0; i < holds.size(); i++) {
            holds.get(i).settleRenewal(outcomes.get(i));
        }
    }

    private void settleAll(RenewOutcome outcome) {
        holds.forEach(hold -> hold.settleRenewal(outcome));
    }
}
