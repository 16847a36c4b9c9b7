package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.holdfast.LockBackendException;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Renews holds without a Raft proposal: a keep-alive for each over one stream, and for every hundred of them one transaction that only reads, to
 * see that their tickets are still there and hang on these leases.
 */
final class Renewals {
    /** Less than the operations that etcd allows in a transaction. */
    private static final int BATCH = 100;

    private final Desk desk;
    private final Function<PlaceName, @Nullable Place> places;

    Renewals(Desk desk, Function<PlaceName, @Nullable Place> places) {
        this.desk = desk;
        this.places = places;
    }

    CompletableFuture<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        boolean urgent = holds.size() == 1;
        List<CompletableFuture<RenewOutcome>> outcomes = new ArrayList<>(holds.size());
        List<Renewal> batch = new ArrayList<>();
        for (HoldRef hold : holds) {
            Ticket ticket = known(hold);
            if (ticket == null) {
                outcomes.add(byName(hold));
                continue;
            }
            Lease lease = ticket.lease();
            Renewal renewal = new Renewal(
                    hold, ticket, lease, ticket.written(), desk.store().wire().keepAlive(lease.id(), urgent));
            outcomes.add(renewal.outcome);
            batch.add(renewal);
            if (batch.size() == BATCH) {
                prove(batch);
                batch = new ArrayList<>();
            }
        }
        if (!batch.isEmpty()) {
            prove(batch);
        }
        return CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
                .thenApply(all -> outcomes.stream().map(CompletableFuture::join).toList());
    }

    private @Nullable Ticket known(HoldRef hold) {
        Place place = places.apply(new PlaceName(hold.resource(), hold.client()));
        Ticket ticket = place == null ? null : place.ticket();
        boolean matches = ticket != null
                && ticket.isHeld()
                && (hold.token() == HoldRef.ANY_TOKEN || hold.token() == ticket.token());
        return matches ? ticket : null;
    }

    private void prove(List<Renewal> batch) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (Renewal renewal : batch) {
            txn.addCompare(Txns.written(renewal.ticket.key(), renewal.written));
            txn.addFailure(Txns.get(renewal.ticket.key()));
        }
        CompletableFuture<?> unused = desk.store()
                .read("a heartbeat", txn.build(), desk.store().deadline())
                .whenComplete((proof, failure) -> {
                    for (int i = 0; i < batch.size(); i++) {
                        if (failure != null) {
                            batch.get(i).outcome.complete(unknown(failure));
                        } else {
                            settle(batch.get(i), proof, i);
                        }
                    }
                });
    }

    private void settle(Renewal renewal, TxnResponse proof, int i) {
        boolean asKnown = proof.getSucceeded()
                || Txns.found(proof, i)
                        .filter(key -> key.getModRevision() == renewal.written)
                        .isPresent();
        CompletableFuture<?> unused = renewal.beat.whenComplete((beat, failure) -> {
            if (failure != null) {
                renewal.outcome.complete(unknown(failure));
            } else if (asKnown && renewal.lease.prove(beat, proof.getHeader().getRaftTerm())) {
                renewal.outcome.complete(new RenewOutcome.Renewed(renewal.lease.provenUntil()));
            } else {
                lookCloser(renewal);
            }
        });
    }

    /** The ticket has gone, or hangs on another lease by now, or a leader was deposed. */
    private void lookCloser(Renewal renewal) {
        CompletableFuture<?> unused = confirm(renewal.ticket).whenComplete((outcome, failure) -> {
            if (failure != null) {
                renewal.outcome.complete(unknown(failure));
                return;
            }
            if (outcome instanceof RenewOutcome.Lost) {
                Place place = places.apply(new PlaceName(renewal.hold.resource(), renewal.hold.client()));
                if (place != null) {
                    place.noteLoss(renewal.ticket);
                }
            }
            renewal.outcome.complete(outcome);
        });
    }

    private CompletableFuture<RenewOutcome> confirm(Ticket ticket) {
        return desk.confirming()
                .renew(ticket, desk.store().deadline())
                .thenApply(there ->
                        there ? new RenewOutcome.Renewed(ticket.lease().provenUntil()) : new RenewOutcome.Lost());
    }

    /** Renews a hold that another process acquired, or that this one has forgotten. */
    private CompletableFuture<RenewOutcome> byName(HoldRef hold) {
        ByteString queue = desk.keys().queue(hold.resource());
        ByteString index = desk.keys().index(hold.resource(), hold.client());
        return desk.store()
                .read(
                        "a heartbeat",
                        Txns.read(Txns.get(index), Txns.first(queue)),
                        desk.store().deadline())
                .thenCompose(response -> {
                    Optional<KeyValue> found = Looking.holdOf(response, queue, hold.token());
                    if (found.isEmpty()) {
                        return CompletableFuture.<RenewOutcome>completedFuture(new RenewOutcome.Lost());
                    }
                    KeyValue entry = Txns.found(response, 0).orElseThrow();
                    return confirm(new Ticket(
                            hold.resource(),
                            found.get().getKey(),
                            found.get().getCreateRevision(),
                            new TicketValue(0, 0, hold.client()),
                            desk.leaseOf(found.get()),
                            found.get().getModRevision(),
                            IndexValue.decode(entry.getValue()),
                            entry.getModRevision()));
                })
                .exceptionally(Renewals::unknown);
    }

    private static RenewOutcome unknown(Throwable failure) {
        LockBackendException cause = Failures.of("a heartbeat", failure, false);
        return new RenewOutcome.Unknown(cause);
    }

    /** One that is under way. */
    private record Renewal(
            HoldRef hold,
            Ticket ticket,
            Lease lease,
            long written,
            CompletableFuture<Wire.Beat> beat,
            CompletableFuture<RenewOutcome> outcome) {
        Renewal(HoldRef hold, Ticket ticket, Lease lease, long written, CompletableFuture<Wire.Beat> beat) {
            this(hold, ticket, lease, written, beat, new CompletableFuture<>());
        }
    }
}
