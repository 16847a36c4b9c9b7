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
            Ticket.Binding binding = ticket.binding();
            Lease lease = binding.lease();
            Renewal renewal = new Renewal(
                    hold, ticket, lease, binding.written(), desk.store().wire().keepAlive(lease.id(), urgent));
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

    /** Almost always all tickets are as they were, which a comparison alone tells. */
    private void prove(List<Renewal> batch) {
        TxnRequest.Builder txn = Txns.agreed(batch.get(0).ticket.key());
        for (Renewal renewal : batch) {
            txn.addCompare(Txns.written(renewal.ticket.key(), renewal.written));
        }
        CompletableFuture<?> unused = read(txn.build()).whenComplete((proof, failure) -> {
            if (failure != null) {
                fail(batch, failure);
            } else if (proof.getSucceeded()) {
                batch.forEach(renewal -> settle(renewal, true, term(proof)));
            } else {
                readEach(batch);
            }
        });
    }

    /** At least one ticket is not as it was. */
    private void readEach(List<Renewal> batch) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        batch.forEach(renewal -> txn.addSuccess(Txns.get(renewal.ticket.key())));
        CompletableFuture<?> unused = read(txn.build()).whenComplete((proof, failure) -> {
            if (failure != null) {
                fail(batch, failure);
                return;
            }
            for (int i = 0; i < batch.size(); i++) {
                Renewal renewal = batch.get(i);
                boolean asKnown = Txns.found(proof, i)
                        .filter(key -> key.getModRevision() == renewal.written)
                        .isPresent();
                settle(renewal, asKnown, term(proof));
            }
        });
    }

    private CompletableFuture<TxnResponse> read(TxnRequest proof) {
        return desk.store().read("a heartbeat", proof, desk.store().deadline());
    }

    private static long term(TxnResponse agreed) {
        return agreed.getHeader().getRaftTerm();
    }

    private static void fail(List<Renewal> batch, Throwable failure) {
        RenewOutcome unknown = unknown(failure);
        batch.forEach(renewal -> renewal.outcome.complete(unknown));
    }

    private void settle(Renewal renewal, boolean asKnown, long term) {
        CompletableFuture<?> unused = renewal.beat.whenComplete((beat, failure) -> {
            if (failure != null) {
                renewal.outcome.complete(unknown(failure));
            } else if (asKnown && renewal.lease.prove(beat, term)) {
                renewal.outcome.complete(new RenewOutcome.Renewed(renewal.lease.provenUntil()));
            } else {
                lookCloser(renewal);
            }
        });
    }

    /**
     * The ticket has gone, or hangs on another lease by now, or a leader was deposed. What is found may change the ticket, and so its place
     * does that in turn: a request that is about to give it another lease must not be taken for somebody else.
     */
    private void lookCloser(Renewal renewal) {
        HoldRef hold = renewal.hold;
        Place place = places.apply(new PlaceName(hold.resource(), hold.client()));
        CompletableFuture<RenewOutcome> looked = place == null
                ? null
                : place.add(() -> place.ticket() == renewal.ticket ? confirm(place, renewal.ticket) : byName(hold));
        CompletableFuture<?> unused = (looked == null ? byName(hold) : looked)
                .whenComplete(
                        (outcome, failure) -> renewal.outcome.complete(failure == null ? outcome : unknown(failure)));
    }

    private CompletableFuture<RenewOutcome> confirm(Place place, Ticket ticket) {
        return confirm(ticket).whenComplete((outcome, failure) -> {
            if (outcome instanceof RenewOutcome.Lost) {
                place.noteLoss(ticket);
            }
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
