package io.holdfast.sharded;

import io.holdfast.LockBackendException;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/** A renewal of many holds, by the shards that have them. What a shard doesn't answer is unknown of its own holds alone. */
final class Renewal {
    private final List<Integer> places = new ArrayList<>();
    private final List<HoldRef> holds = new ArrayList<>();

    private Renewal() {}

    /**
     * Renews holds.
     *
     * @param homeOf the number of a resource's home
     * @param alone a home by its number, if it is the only one that is asked
     * @param amongOthers the same, if others are asked at the same time: a command to it doesn't wait for its answer
     */
    static CompletionStage<List<RenewOutcome>> of(
            List<? extends HoldRef> all,
            ToIntFunction<String> homeOf,
            IntFunction<Shard> alone,
            IntFunction<Shard> amongOthers) {
        Map<Integer, Renewal> parts = new HashMap<>();
        for (int i = 0; i < all.size(); i++) {
            HoldRef hold = all.get(i);
            parts.computeIfAbsent(homeOf.applyAsInt(hold.resource()), home -> new Renewal())
                    .add(i, hold);
        }
        if (parts.size() == 1) {
            return alone.apply(parts.keySet().iterator().next()).renew(all);
        }
        RenewOutcome[] outcomes = new RenewOutcome[all.size()];
        CompletableFuture<?>[] answers = parts.entrySet().stream()
                .map(part -> part.getValue().send(amongOthers.apply(part.getKey()), outcomes))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(answers).thenApply(done -> List.of(outcomes));
    }

    private void add(int place, HoldRef hold) {
        places.add(place);
        holds.add(hold);
    }

    private CompletableFuture<?> send(Shard shard, RenewOutcome[] outcomes) {
        return shard.renew(holds).toCompletableFuture().handle((answer, thrown) -> {
            for (int i = 0; i < places.size(); i++) {
                outcomes[places.get(i)] = thrown == null ? answer.get(i) : unknown(thrown);
            }
            return null;
        });
    }

    private static RenewOutcome unknown(Throwable thrown) {
        Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        return new RenewOutcome.Unknown(
                failure instanceof LockBackendException known
                        ? known
                        : LockBackendException.outcomeUnknown("a renewal failed: " + failure, failure));
    }
}
