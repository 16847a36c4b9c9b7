package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.holdfast.LockBackendException;
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
     * @return what came of it
     */
    CompletableFuture<Outcome> delete(Ticket ticket) {
        String command = "the release of '" + ticket.resource() + "'";
        long deadline = desk.store().deadline();
        return desk.store().repeat(command, deadline, timeout -> deleteOnce(command, ticket, deadline));
    }

    /** As the ticket is known, and no other: a copy of this that comes late does nothing once the ticket has been granted anew, which writes it. */
    private CompletableFuture<Outcome> deleteOnce(String command, Ticket ticket, long deadline) {
        Ticket.State state = ticket.state();
        TxnRequest txn = Txns.agreed(ticket.key())
                .addCompare(Txns.written(ticket.key(), state.written()))
                .addSuccess(Txns.delete(ticket.key()))
                .build();
        return desk.store()
                .write(command, txn, deadline)
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        ticket.doubt(state);
                    }
                })
                .thenCompose(sent -> {
                    if (sent.response().getSucceeded()) {
                        desk.leases().giveBack(state.lease());
                        return CompletableFuture.completedFuture(Outcome.ENDED);
                    }
                    if (!desk.note(ticket, Txns.found(sent.response(), 0))) {
                        desk.leases().abandon(ticket.lease());
                        return CompletableFuture.completedFuture(Outcome.notThere(sent));
                    }
                    return Fitting.again("somebody else has joined or left, or given it another lease");
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
                        ticket.doubt(state);
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
        long deadline = desk.store().deadline();
        return desk.store()
                .repeat(command, deadline, timeout -> releaseByNameOnce(command, name, queue, token, deadline))
                .thenCompose(outcome -> outcome.answer(name.resource()));
    }

    private CompletableFuture<Outcome> releaseByNameOnce(
            String command, PlaceName name, ByteString queue, long token, long deadline) {
        return desk.store()
                .read(command, Txns.read(Txns.first(queue)), deadline)
                .thenCompose(response -> Looking.holdOf(response, Keys.ticket(queue, name.client()), token)
                        .map(hold -> deleteOnce(command, hold, deadline))
                        .orElseGet(() -> CompletableFuture.completedFuture(Outcome.NOT_THERE)));
    }

    private CompletableFuture<Outcome> deleteOnce(String command, KeyValue hold, long deadline) {
        TxnRequest txn = Txns.agreed(hold.getKey())
                .addCompare(Txns.written(hold.getKey(), hold.getModRevision()))
                .addSuccess(Txns.delete(hold.getKey()))
                .build();
        return desk.store().write(command, txn, deadline).thenCompose(sent -> {
            if (sent.response().getSucceeded()) {
                desk.leases().discard(desk.leaseOf(hold));
                return CompletableFuture.completedFuture(Outcome.ENDED);
            }
            boolean isThere = Txns.found(sent.response(), 0)
                    .filter(now -> now.getCreateRevision() == hold.getCreateRevision())
                    .isPresent();
            return isThere
                    ? Fitting.again("somebody else has joined or left, or given it another lease")
                    : CompletableFuture.completedFuture(Outcome.notThere(sent));
        });
    }

    /** What came of a release. */
    enum Outcome {
        ENDED,
        NOT_THERE,
        /** Not there any more: an earlier copy of the release has ended it, whose answer was lost, or something else has. */
        UNKNOWN;

        private static Outcome notThere(Store.Sent sent) {
            return sent.doubtful() ? UNKNOWN : NOT_THERE;
        }

        CompletableFuture<Boolean> answer(String resource) {
            return this == UNKNOWN
                    ? CompletableFuture.failedFuture(LockBackendException.outcomeUnknown(
                            "the hold of '" + resource
                                    + "' has ended, but the answer that tells whether this release did it was lost",
                            null))
                    : CompletableFuture.completedFuture(this == ENDED);
        }
    }
}
