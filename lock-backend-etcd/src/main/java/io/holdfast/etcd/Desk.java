package io.holdfast.etcd;

import io.etcd.jetcd.api.KeyValue;
import io.holdfast.spi.AcquireRequest;
import java.time.Duration;
import java.util.Optional;

/** What all places of a connection share. Thread-safe. */
final class Desk {
    private static final long MILLIS_PER_SECOND = 1000;
    /** How much earlier than its caller an acquire gives up, to say why. */
    private static final long HEAD_START_NANOS = 50_000_000;

    private static final long MOMENT_NANOS = 50_000_000;

    private final Keys keys;
    private final Store store;
    private final Leases leases;
    private final Queues queues;
    private final Looking looking;
    private final Confirming confirming;
    private final Ending ending;
    private final String process;
    private final long minSeconds;
    private final long detectionSeconds;

    /**
     * Makes a desk.
     *
     * @param process names this connection among all
     * @param minSeconds the shortest lease
     * @param detectionSeconds the longest lease of those who wait
     */
    Desk(Keys keys, Store store, String process, long minSeconds, long detectionSeconds) {
        this.keys = keys;
        this.store = store;
        this.leases = new Leases(store);
        this.queues = new Queues(store);
        this.looking = new Looking(store);
        this.confirming = new Confirming(this);
        this.ending = new Ending(this);
        this.process = process;
        this.minSeconds = minSeconds;
        this.detectionSeconds = detectionSeconds;
    }

    Keys keys() {
        return keys;
    }

    Store store() {
        return store;
    }

    Leases leases() {
        return leases;
    }

    Queues queues() {
        return queues;
    }

    Looking looking() {
        return looking;
    }

    Confirming confirming() {
        return confirming;
    }

    Ending ending() {
        return ending;
    }

    String process() {
        return process;
    }

    long detectionSeconds() {
        return detectionSeconds;
    }

    /** Has something tried again in a moment, unless the connection is closed. */
    void inAMoment(Runnable task) {
        if (!store.isClosed()) {
            store.scheduler().schedule(task, MOMENT_NANOS);
        }
    }

    /** The length of a lease, in whole seconds: never shorter than asked. */
    long seconds(long millis) {
        return Math.max(minSeconds, (millis + MILLIS_PER_SECOND - 1) / MILLIS_PER_SECOND);
    }

    /**
     * By when an acquire must have been answered, a little before whoever waits for it gives up. One that was first asked long
     * ago has been sent again, and has its time anew.
     */
    long deadlineOf(AcquireRequest request) {
        long patience = Math.max(request.waitNanos(), store.answerNanos());
        long deadline = request.startedAt() + patience - Math.min(patience / 10, HEAD_START_NANOS);
        long now = store.now();
        return deadline - now < store.answerNanos() / 2 ? now + store.answerNanos() : deadline;
    }

    /** Notes what a ticket says and which lease it hangs on; false if it has gone. */
    boolean note(Ticket ticket, Optional<KeyValue> found) {
        if (found.isEmpty() || found.get().getCreateRevision() != ticket.token()) {
            return false;
        }
        Lease before = ticket.lease();
        if (found.get().getLease() == before.id()) {
            ticket.read(found.get(), before);
        } else {
            ticket.read(found.get(), leaseOf(found.get()));
            leases.abandon(before);
        }
        return true;
    }

    /** The lease of a ticket that another process has made; how long it lasts will be known by the first keep-alive. */
    Lease leaseOf(KeyValue ticket) {
        long seconds = TicketValue.decode(ticket.getValue())
                .map(TicketValue::leaseSeconds)
                .orElse(minSeconds);
        long length = Lease.length(seconds);
        long longAgo = store.now() - Duration.ofSeconds(length).toNanos();
        return new Lease(ticket.getLease(), seconds, false, new Wire.Beat(longAgo, length, 0));
    }
}
