package io.holdfast.etcd;

import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Makes sure that a ticket is a hold, and how long it lasts. What proves it is an answer on which the nodes agreed, and a keep-alive
 * that was sent before; see {@link Lease.Validity}. Thread-safe.
 */
final class Confirming {
    private final Desk desk;
    private final Store store;
    private final Fitting fitting;

    Confirming(Desk desk) {
        this.desk = desk;
        this.store = desk.store();
        this.fitting = new Fitting(desk);
    }

    /**
     * Sees to it that a ticket which is or was the first of its queue is a hold, and that its lease is long enough and at full
     * length.
     *
     * @return false if there is no such ticket any more
     */
    CompletableFuture<Boolean> confirm(Ticket ticket, long seconds, long deadline) {
        return confirm(ticket, () -> ticket.lease().seconds() >= seconds, seconds, deadline);
    }

    /**
     * The same for a ticket whose turn has come: its lease may be too long, too, if it was made for a request that has gone.
     * What other processes want of it, this one doesn't know.
     *
     * @return false if there is no such ticket any more
     */
    CompletableFuture<Boolean> confirmTurn(Ticket ticket, long seconds, long deadline) {
        return confirm(
                ticket, () -> ticket.lease().seconds() >= seconds && !isTooLong(ticket, seconds), seconds, deadline);
    }

    private boolean isTooLong(Ticket ticket, long seconds) {
        Lease lease = ticket.lease();
        return lease.wanted() > seconds && ticket.state().value().isAlone(desk.process());
    }

    private CompletableFuture<Boolean> confirm(Ticket ticket, BooleanSupplier fits, long seconds, long deadline) {
        CompletableFuture<Boolean> fitted = store.repeat(
                "fitting the lease of " + ticket,
                deadline,
                timeout -> fit(ticket, fits.getAsBoolean(), seconds, deadline));
        return fitted.thenCompose(
                there -> there ? prove(ticket, false, deadline) : CompletableFuture.completedFuture(false));
    }

    private CompletableFuture<Boolean> fit(Ticket ticket, boolean fits, long seconds, long deadline) {
        if (fits && isSafe(ticket)) {
            return CompletableFuture.completedFuture(true);
        }
        return fitting.move(ticket, fits ? Math.max(seconds, ticket.lease().wanted()) : seconds, deadline);
    }

    /**
     * Whether the ticket may stay as it was written: on a lease, and out of reach of commands that were given up for lost. One that isn't a hold
     * yet must not hang on the lease with which another process made it, who may be about to revoke that lease, if it never heard of the ticket.
     * A lease that a ticket was moved to is never revoked as long as the ticket may hang on it.
     */
    private static boolean isSafe(Ticket ticket) {
        Lease lease = ticket.lease();
        boolean isOthers = !lease.isOwn() && !ticket.state().value().isMoved();
        return lease.id() != 0 && !ticket.isInDoubt() && (ticket.isHeld() || !isOthers);
    }

    /**
     * Extends the lease of a ticket that is a hold.
     *
     * @return false if there is no such ticket any more
     */
    CompletableFuture<Boolean> renew(Ticket ticket, long deadline) {
        return isSafe(ticket)
                ? prove(ticket, true, deadline)
                : confirm(ticket, ticket.lease().wanted(), deadline);
    }

    private CompletableFuture<Boolean> prove(Ticket ticket, boolean extend, long deadline) {
        return store.repeat("confirming " + ticket, deadline, timeout -> proveOnce(ticket, extend, timeout));
    }

    /**
     * Reads the ticket, and extends the lease at the same time if it must be. That the ticket was written last as this process knows it
     * proves that it hangs on this lease.
     */
    private CompletableFuture<Boolean> proveOnce(Ticket ticket, boolean extend, long timeout) {
        Ticket.State state = ticket.state();
        Lease lease = state.lease();
        Lease.Validity validity = lease.validity();
        if (extend || !lease.isFresh(validity, store.now())) {
            CompletableFuture<Wire.Beat> beat = store.wire().keepAlive(lease.id(), true);
            return read(
                    ticket,
                    state,
                    timeout,
                    proof -> beat.thenCompose(answer -> lease.prove(answer, term(proof))
                            ? CompletableFuture.completedFuture(true)
                            : Fitting.again(
                                    "the lease has run out, or was renewed by a leader that had been deposed")));
        }
        return read(
                ticket,
                state,
                timeout,
                proof -> lease.prove(validity, term(proof))
                        ? CompletableFuture.completedFuture(true)
                        : proveOnce(ticket, true, timeout));
    }

    private CompletableFuture<Boolean> read(
            Ticket ticket,
            Ticket.State state,
            long timeout,
            Function<TxnResponse, CompletableFuture<Boolean>> onUnchanged) {
        TxnRequest.Builder proof = Txns.agreed(ticket.key()).addCompare(Txns.written(ticket.key(), state.written()));
        return store.wire().txn(proof.build(), timeout).thenCompose(response -> {
            if (response.getSucceeded()) {
                return onUnchanged.apply(response);
            }
            Optional<KeyValue> found = Txns.found(response, 0);
            if (found.filter(key -> key.getLease() == state.lease().id()).isPresent() && desk.note(ticket, found)) {
                // Another process has joined or left, which changes nothing about the lease.
                return onUnchanged.apply(response);
            }
            // On another lease, if it is still there.
            return desk.note(ticket, found)
                    ? proveOnce(ticket, true, timeout)
                    : CompletableFuture.completedFuture(false);
        });
    }

    private static long term(TxnResponse agreed) {
        return agreed.getHeader().getRaftTerm();
    }
}
