package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Ends tickets. Thread-safe. */
final class Ending {
    private final Desk desk;

    Ending(Desk desk) {
        this.desk = desk;
    }

    /**
     * Deletes a ticket, for whoever shares it.
     *
     * @return whether it was there
     */
    CompletableFuture<Boolean> delete(Ticket ticket) {
        TxnRequest txn = TxnRequest.newBuilder()
                .addCompare(Txns.created(ticket.key(), ticket.token()))
                .addSuccess(Txns.get(ticket.key()))
                .addSuccess(Txns.delete(ticket.key()))
                .build();
        return desk.store()
                .write(
                        "the release of '" + ticket.resource() + "'",
                        txn,
                        desk.store().deadline())
                .thenApply(sent -> {
                    Lease lease = ticket.lease();
                    if (sent.response().getSucceeded()) {
                        boolean wasOnLease = Txns.found(sent.response(), 0)
                                .filter(deleted -> deleted.getLease() == lease.id())
                                .isPresent();
                        if (wasOnLease) {
                            desk.leases().giveBack(lease);
                        } else {
                            // Another process has moved the ticket off it, and may be about to revoke it.
                            desk.leases().abandon(lease);
                        }
                        return true;
                    }
                    desk.leases().abandon(lease);
                    // An earlier copy of this has ended it, if nothing else has.
                    return sent.doubtful();
                });
    }

    /** Ends this process's share in a ticket, and the ticket if there is no other. */
    CompletableFuture<Void> leave(Ticket ticket) {
        return desk.store()
                .repeat(
                        "the withdrawal from '" + ticket.resource() + "'",
                        desk.store().deadline(),
                        timeout -> leaveOnce(ticket));
    }

    private CompletableFuture<Void> leaveOnce(Ticket ticket) {
        Ticket.State state = ticket.state();
        boolean alone = state.value().isAlone(desk.process());
        RequestOp end = alone
                ? Txns.delete(ticket.key())
                : Txns.put(
                        ticket.key(),
                        state.value().without(desk.process()).encode(),
                        state.lease().id());
        TxnRequest txn = Txns.agreed(ticket.key())
                .addCompare(Txns.written(ticket.key(), state.written()))
                .addSuccess(end)
                .build();
        return desk.store()
                .write(
                        "the withdrawal from '" + ticket.resource() + "'",
                        txn,
                        desk.store().deadline())
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        ticket.doubtEnd(state);
                    }
                })
                .thenCompose(sent -> left(ticket, state.lease(), alone, sent.response()));
    }

    private CompletableFuture<Void> left(Ticket ticket, Lease lease, boolean alone, TxnResponse response) {
        if (response.getSucceeded()) {
            if (alone) {
                desk.leases().giveBack(lease);
            } else {
                desk.leases().forget(lease);
            }
            return CompletableFuture.completedFuture(null);
        }
        if (!desk.note(ticket, Txns.found(response, 0))) {
            desk.leases().abandon(lease);
            return CompletableFuture.completedFuture(null);
        }
        return Fitting.again("somebody else has joined or left");
    }

    /** Deletes whatever ticket of a client is a hold, of the given token or of any. */
    CompletableFuture<Boolean> releaseByName(PlaceName name, ByteString queue, long token) {
        String command = "the release of '" + name.resource() + "'";
        return desk.store()
                .read(command, Txns.read(Txns.first(queue)), desk.store().deadline())
                .thenCompose(response -> {
                    Optional<KeyValue> hold = Looking.holdOf(response, Keys.ticket(queue, name.client()), token);
                    if (hold.isEmpty()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    TxnRequest txn = TxnRequest.newBuilder()
                            .addCompare(
                                    Txns.created(hold.get().getKey(), hold.get().getCreateRevision()))
                            .addSuccess(Txns.delete(hold.get().getKey()))
                            .build();
                    return desk.store()
                            .write(command, txn, desk.store().deadline())
                            .thenApply(sent -> {
                                if (sent.response().getSucceeded()) {
                                    desk.leases().discard(desk.leaseOf(hold.get()));
                                }
                                return sent.response().getSucceeded() || sent.doubtful();
                            });
                });
    }
}
