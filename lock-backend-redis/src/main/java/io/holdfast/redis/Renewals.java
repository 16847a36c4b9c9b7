package io.holdfast.redis;

import io.holdfast.LockBackendException;
import io.holdfast.redis.wire.Reply;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Renews many holds: as many in one script as a server carries out in a fraction of a millisecond, and in a Cluster only those of
 * one slot. All scripts are on their way at the same time.
 */
final class Renewals {
    /** Others wait for a server while it runs a script. */
    private static final int LARGEST = 128;

    private static final RenewOutcome LOST = new RenewOutcome.Lost();

    private final Commands commands;
    private final KeySpace keySpace;
    private final boolean cluster;

    Renewals(Commands commands, KeySpace keySpace, boolean cluster) {
        this.commands = commands;
        this.keySpace = keySpace;
        this.cluster = cluster;
    }

    CompletableFuture<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        RenewOutcome[] outcomes = new RenewOutcome[holds.size()];
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (Batch batch : batches(holds)) {
            answers.add(commands.renew(batch.locks, batch.args).handle((reply, failure) -> {
                batch.fill(outcomes, reply, failure);
                return null;
            }));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> Arrays.asList(outcomes));
    }

    private Collection<Batch> batches(List<? extends HoldRef> holds) {
        List<Batch> all = new ArrayList<>();
        Map<Integer, Batch> open = new HashMap<>();
        for (int i = 0; i < holds.size(); i++) {
            HoldRef hold = holds.get(i);
            byte[] lock = keySpace.lock(hold.resource());
            int slot = cluster ? SlotTags.slotOf(lock) : 0;
            Batch batch = open.get(slot);
            if (batch == null || batch.locks.size() == LARGEST) {
                batch = new Batch();
                open.put(slot, batch);
                all.add(batch);
            }
            batch.add(i, hold, lock);
        }
        return all;
    }

    /** The holds that one script renews. */
    private static final class Batch {
        final List<byte[]> locks = new ArrayList<>();
        final List<byte[]> args = new ArrayList<>();
        private final List<Integer> indices = new ArrayList<>();

        void add(int index, HoldRef hold, byte[] lock) {
            indices.add(index);
            locks.add(lock);
            args.add(Commands.token(hold));
            args.add(KeySpace.utf8(hold.client()));
        }

        void fill(RenewOutcome[] outcomes, @Nullable Reply reply, @Nullable Throwable failure) {
            for (int i = 0; i < indices.size(); i++) {
                outcomes[indices.get(i)] = reply == null ? unknown(failure) : outcome(reply, i);
            }
        }

        private static RenewOutcome outcome(Reply reply, int position) {
            List<?> leases = (List<?>) reply.value();
            if (leases == null || leases.size() <= position) {
                return unknown(null);
            }
            long lease = (Long) leases.get(position);
            if (lease != 0 && !reply.durable()) {
                return unknown(LockBackendException.outcomeUnknown(
                        "the renewal was not confirmed by enough replicas in time", null));
            }
            return lease == 0 ? LOST : new RenewOutcome.Renewed(RedisGrant.certainEnd(reply.sentAt(), lease));
        }

        private static RenewOutcome unknown(@Nullable Throwable failure) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return new RenewOutcome.Unknown(
                    cause instanceof LockBackendException known
                            ? known
                            : LockBackendException.outcomeUnknown("the renewal failed", cause));
        }
    }
}
