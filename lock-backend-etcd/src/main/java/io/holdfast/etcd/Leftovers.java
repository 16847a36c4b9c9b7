package io.holdfast.etcd;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may be left in etcd of requests that failed, for one client and one resource: tickets of which no answer told whether they have come into
 * being, and shares in other processes' tickets that nobody wants. It is seen to until etcd answers.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdBackend.class);

    private final Desk desk;
    private final Steps steps;
    /** Leases of tickets of which it isn't known whether they have come into being, or will. */
    private final List<Lease> doubtful = new CopyOnWriteArrayList<>();
    /** Other processes' tickets that this one has joined, or may have, for a request that has failed. */
    private final List<Ticket> unwanted = new CopyOnWriteArrayList<>();

    /**
     * Makes an empty list.
     *
     * @param steps of whoever may use such a ticket after all
     */
    Leftovers(Desk desk, Steps steps) {
        this.desk = desk;
        this.steps = steps;
    }

    boolean isEmpty() {
        return doubtful.isEmpty() && unwanted.isEmpty();
    }

    /** Whether a ticket may be there, or come to be, that this process doesn't know. */
    boolean mayHaveTicket() {
        return !doubtful.isEmpty();
    }

    /** Sees to a lease on which such a ticket may hang: it is revoked, however long that takes. */
    void doubt(Lease lease) {
        doubtful.add(lease);
        revoke(lease);
    }

    private void revoke(Lease lease) {
        CompletableFuture<?> unused = desk.leases().revoke(lease).whenComplete((done, failure) -> {
            if (failure == null) {
                steps.addLater(() -> {
                    doubtful.remove(lease);
                    return CompletableFuture.completedFuture(null);
                });
            } else if (doubtful.contains(lease) && !desk.store().isClosed()) {
                desk.store().scheduler().schedule(() -> revoke(lease), lease.nanos());
            }
        });
    }

    /** Sees to it that no such ticket is left, or will come to be. Part of a step. */
    CompletableFuture<Void> settle() {
        return settle("the revocation of a lease", desk.store().deadline());
    }

    /**
     * The same for a command that can't begin before.
     *
     * @param command what it is, for messages
     */
    CompletableFuture<Void> settle(String command, long deadline) {
        if (doubtful.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return desk.store()
                .repeat(
                        command,
                        deadline,
                        timeout -> CompletableFuture.allOf(List.copyOf(doubtful).stream()
                                .map(lease -> desk.store()
                                        .wire()
                                        .revoke(lease.id(), timeout)
                                        .thenRun(() -> doubtful.remove(lease)))
                                .toArray(CompletableFuture[]::new)));
    }

    /** Sees to a ticket that isn't wanted. In its turn: a request that comes before that may get the same ticket after all. */
    void leave(Ticket shared) {
        unwanted.add(shared);
        steps.addLater(this::leaveUntilLeft);
    }

    private CompletionStage<?> leaveUntilLeft() {
        return leaveAll().exceptionally(failure -> {
            LOG.debug("{} are not wanted, but etcd doesn't answer yet", unwanted, failure);
            desk.inAMoment(() -> steps.addLater(this::leaveUntilLeft));
            return null;
        });
    }

    /** Leaves the tickets that aren't wanted. Part of a step. */
    CompletableFuture<Void> leaveAll() {
        return CompletableFuture.allOf(List.copyOf(unwanted).stream()
                .map(shared -> desk.ending().leave(shared).thenRun(() -> unwanted.remove(shared)))
                .toArray(CompletableFuture[]::new));
    }

    /** Notes that the client's ticket is wanted after all: it has no other. */
    void want() {
        unwanted.clear();
    }
}
