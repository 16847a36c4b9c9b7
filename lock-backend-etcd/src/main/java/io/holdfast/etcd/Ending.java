package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.List;
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
    CompletableFuture<Boolean> delete(Ticket ticket, PlaceName name) {
        TxnRequest txn = TxnRequest.newBuilder()
                .addCompare(Txns.created(ticket.key(), ticket.token()))
                .addSuccess(Txns.delete(ticket.key()))
                .addSuccess(Txns.delete(desk.keys().index(name.resource(), name.client())))
                .build();
        return desk.store()
                .write(
                        "the release of '" + name.resource() + "'",
                        txn,
                        desk.store().deadline())
                .thenApply(sent -> {
                    if (sent.response().getSucceeded()) {
                        desk.leases().giveBack(ticket.lease());
                        return true;
                    }
                    desk.leases().abandon(ticket.lease());
                    // An earlier copy of this has ended it, if nothing else has.
                    return sent.doubtful();
                });
    }

    /** Ends this process's share in a ticket, and the ticket if there is no other. */
    CompletableFuture<Void> leave(Ticket ticket, PlaceName name) {
        return desk.store()
                .repeat(
                        "the withdrawal from '" + name.resource() + "'",
                        desk.store().deadline(),
                        timeout -> leaveOnce(ticket, name));
    }

    private CompletableFuture<Void> leaveOnce(Ticket ticket, PlaceName name) {
        ByteString index = desk.keys().index(name.resource(), name.client());
        boolean alone = ticket.index().without(desk.process()).processes().isEmpty();
        TxnRequest.Builder txn = TxnRequest.newBuilder()
                .addCompare(Txns.created(ticket.key(), ticket.token()))
                .addCompare(Txns.written(index, ticket.indexWritten()))
                .addFailure(Txns.get(ticket.key()))
                .addFailure(Txns.get(index));
        if (alone) {
            txn.addSuccess(Txns.delete(ticket.key())).addSuccess(Txns.delete(index));
        } else {
            txn.addSuccess(Txns.put(
                    index,
                    ticket.index().without(desk.process()).encode(),
                    ticket.lease().id()));
        }
        return desk.store()
                .write(
                        "the withdrawal from '" + name.resource() + "'",
                        txn.build(),
                        desk.store().deadline())
                .thenCompose(sent -> left(ticket, alone, sent.response()));
    }

    private CompletableFuture<Void> left(Ticket ticket, boolean alone, TxnResponse response) {
        if (response.getSucceeded()) {
            if (alone) {
                desk.leases().giveBack(ticket.lease());
            } else {
                desk.leases().forget(ticket.lease());
            }
            return CompletableFuture.completedFuture(null);
        }
        Optional<KeyValue> entry = Txns.found(response, 1);
        if (!desk.note(ticket, Txns.found(response, 0))) {
            desk.leases().abandon(ticket.lease());
            return CompletableFuture.completedFuture(null);
        }
        IndexValue nobody = ticket.index().without(desk.process());
        // Without an entry, nobody else can have a share.
        ticket.indexIs(
                entry.map(found -> IndexValue.decode(found.getValue()))
                        .orElseGet(() -> new IndexValue(nobody.suffix(), List.of())),
                entry.map(KeyValue::getModRevision).orElse(0L));
        return Fitting.again("somebody else has joined");
    }

    /** Deletes whatever ticket of a client is a hold, of the given token or of any. */
    CompletableFuture<Boolean> releaseByName(PlaceName name, ByteString queue, long token) {
        String command = "the release of '" + name.resource() + "'";
        ByteString index = desk.keys().index(name.resource(), name.client());
        return desk.store()
                .read(
                        command,
                        Txns.read(Txns.get(index), Txns.first(queue)),
                        desk.store().deadline())
                .thenCompose(response -> {
                    Optional<KeyValue> hold = Looking.holdOf(response, queue, token);
                    if (hold.isEmpty()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    TxnRequest txn = TxnRequest.newBuilder()
                            .addCompare(
                                    Txns.created(hold.get().getKey(), hold.get().getCreateRevision()))
                            .addSuccess(Txns.delete(hold.get().getKey()))
                            .addSuccess(Txns.delete(index))
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
