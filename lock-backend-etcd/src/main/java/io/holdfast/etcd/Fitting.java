package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Gives tickets leases of the length that their requests want. Thread-safe. */
final class Fitting {
    private final Desk desk;

    Fitting(Desk desk) {
        this.desk = desk;
    }

    /**
     * Gives a ticket a lease of another length: its key is written again, which keeps its place and token. The lease is a new one, which
     * lasts longer than what anybody has been told of the old: one that was idle for a while might be over before its first keep-alive is answered.
     */
    CompletableFuture<Boolean> move(Ticket ticket, long seconds, long deadline) {
        return desk.leases().grant(seconds, deadline).thenCompose(fitting -> {
            TicketValue value = new TicketValue(
                    fitting.seconds(), ticket.value().askedAt(), ticket.value().client());
            ByteString index = desk.keys().index(ticket.resource(), value.client());
            TxnRequest txn = TxnRequest.newBuilder()
                    .addCompare(Txns.written(ticket.key(), ticket.binding().written()))
                    .addCompare(Txns.written(index, ticket.indexWritten()))
                    .addSuccess(Txns.put(ticket.key(), value.encode(), fitting.id()))
                    .addSuccess(Txns.put(index, ticket.index().encode(), fitting.id()))
                    .addFailure(Txns.get(ticket.key()))
                    .addFailure(Txns.get(index))
                    .build();
            return desk.store()
                    .write("fitting the lease of " + ticket, txn, deadline)
                    // Never revoked then: the ticket may hang on it.
                    .whenComplete((sent, failure) -> fitting.use())
                    .thenCompose(sent -> moved(ticket, fitting, value, sent));
        });
    }

    private CompletableFuture<Boolean> moved(Ticket ticket, Lease fitting, TicketValue value, Store.Sent sent) {
        TxnResponse response = sent.response();
        if (response.getSucceeded()) {
            return moved(ticket, fitting, value, response.getHeader().getRevision());
        }
        Optional<KeyValue> found = Txns.found(response, 0);
        if (found.isPresent() && found.get().getLease() == fitting.id()) {
            return moved(ticket, fitting, value, found.get().getModRevision());
        }
        desk.leases().discard(fitting);
        Txns.found(response, 1)
                .ifPresent(entry -> ticket.indexIs(IndexValue.decode(entry.getValue()), entry.getModRevision()));
        return readAgain(ticket, found);
    }

    private CompletableFuture<Boolean> moved(Ticket ticket, Lease fitting, TicketValue value, long revision) {
        Lease before = ticket.lease();
        ticket.moved(fitting, value, revision);
        if (before.id() != fitting.id()) {
            desk.leases().discard(before);
        }
        return CompletableFuture.completedFuture(true);
    }

    /** The ticket isn't what this process takes it for: it has gone, or another process has given it another lease. */
    CompletableFuture<Boolean> readAgain(Ticket ticket, Optional<KeyValue> found) {
        if (!desk.note(ticket, found)) {
            return CompletableFuture.completedFuture(false);
        }
        return again("the ticket has another lease now");
    }

    /** Has the present step tried again. */
    static <T> CompletableFuture<T> again(String why) {
        return CompletableFuture.failedFuture(
                Status.ABORTED.withDescription(why).asRuntimeException());
    }
}
