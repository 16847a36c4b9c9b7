package io.holdfast.etcd;

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
     * Since this process may stand still before it uses it, the lease is also kept alive then.
     */
    CompletableFuture<Boolean> move(Ticket ticket, long seconds, long deadline) {
        return desk.leases().grant(seconds, deadline).thenCompose(fitting -> {
            Ticket.State state = ticket.state();
            TicketValue value = state.value().withLease(fitting.seconds());
            TxnRequest txn = Txns.agreed(ticket.key())
                    .addCompare(Txns.written(ticket.key(), state.written()))
                    .addSuccess(Txns.put(ticket.key(), value.encode(), fitting.id()))
                    .build();
            fitting.carry(true);
            CompletableFuture<Store.Sent> put = desk.store().write("fitting the lease of " + ticket, txn, deadline);
            if (ticket.isHeld() || !state.value().isAlone(desk.process())) {
                // Somebody may have been told of the old lease how long it lasts since this one was granted.
                keepAlive(fitting);
            }
            return Futures.follow(
                    put,
                    sent -> moved(ticket, fitting, value, sent),
                    failure -> failed(ticket, state, fitting, failure));
        });
    }

    private CompletableFuture<Boolean> failed(Ticket ticket, Ticket.State state, Lease fitting, Throwable failure) {
        if (Failures.isLeaseGone(failure)) {
            return again("the lease ran out before it was used");
        }
        if (Failures.isNotApplied(failure)) {
            desk.leases().discard(fitting);
        } else {
            // Not revoked, since the ticket may hang on it, and may come to when nobody keeps it alive any more.
            ticket.doubt(state);
        }
        return CompletableFuture.failedFuture(failure);
    }

    private void keepAlive(Lease fitting) {
        CompletableFuture<?> unused = desk.store()
                .wire()
                .keepAlive(fitting.id(), true)
                .thenAccept(beat -> {
                    if (beat.seconds() > 0) {
                        fitting.renewed(beat);
                    }
                });
    }

    private CompletableFuture<Boolean> moved(Ticket ticket, Lease fitting, TicketValue value, Store.Sent sent) {
        fitting.use();
        TxnResponse response = sent.response();
        if (response.getSucceeded()) {
            return moved(ticket, fitting, value, response.getHeader().getRevision());
        }
        Optional<KeyValue> found = Txns.found(response, 0);
        if (found.isPresent() && found.get().getLease() == fitting.id()) {
            // An earlier copy has been carried out, and others may have joined since.
            TicketValue now = TicketValue.decode(found.get().getValue()).orElse(value);
            return moved(ticket, fitting, now, found.get().getModRevision());
        }
        desk.leases().discard(fitting);
        return readAgain(ticket, found);
    }

    private CompletableFuture<Boolean> moved(Ticket ticket, Lease fitting, TicketValue value, long revision) {
        Lease before = ticket.lease();
        ticket.written(new Ticket.State(fitting, revision, value));
        if (before.id() != fitting.id()) {
            desk.leases().discard(before);
        }
        return CompletableFuture.completedFuture(true);
    }

    /** The ticket isn't what this process takes it for: it has gone, or another process shares it, or has given it another lease. */
    private CompletableFuture<Boolean> readAgain(Ticket ticket, Optional<KeyValue> found) {
        if (!desk.note(ticket, found)) {
            return CompletableFuture.completedFuture(false);
        }
        return again("the ticket has been written again");
    }

    /** Has the present step tried again. */
    static <T> CompletableFuture<T> again(String why) {
        return CompletableFuture.failedFuture(
                Status.ABORTED.withDescription(why).asRuntimeException());
    }
}
