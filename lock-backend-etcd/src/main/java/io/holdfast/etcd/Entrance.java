package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.AcquireRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a client gets a ticket: one transaction, which puts it into the queue unless the client has one there already. Sent again, it finds what it
 * did before.
 */
final class Entrance {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdBackend.class);
    private static final long FIRST_PAUSE = 1_000_000;
    private static final int MAX_DOUBLINGS = 7;

    private final PlaceName name;
    private final Desk desk;
    private final ByteString queue;
    private final ByteString key;
    private final Consumer<Ticket> unwanted;

    /**
     * Makes an entrance.
     *
     * @param unwanted is told of a ticket that this process may be among those that share, or come to be, and doesn't want
     */
    Entrance(PlaceName name, ByteString queue, Desk desk, Consumer<Ticket> unwanted) {
        this.name = name;
        this.desk = desk;
        this.queue = queue;
        this.unwanted = unwanted;
        this.key = Keys.ticket(queue, name.client());
    }

    /** What came of it. */
    sealed interface Outcome {}

    /** Somebody else holds, and the request may not wait; nothing is left of it. */
    record Refused(LockInfo holder) implements Outcome {}

    /** The same, as one transaction has seen it; nobody outside is told of it. */
    private record InTheWay(KeyValue first, int waiters) implements Outcome {
        static InTheWay of(TxnResponse response, int index) {
            return new InTheWay(Txns.found(response, index).orElseThrow(), Looking.waiters(response, index));
        }
    }

    /** The client has a ticket. */
    sealed interface Entered extends Outcome {
        Ticket ticket();
    }

    /** It is a hold, whose lease is at full length. */
    record Granted(Ticket ticket) implements Entered {}

    /** It is a hold, but of its lease nothing is known. */
    record First(Ticket ticket) implements Entered {}

    /** It is behind another; the queue has been read since it is there, or nothing is known of it. */
    record Queued(Ticket ticket, LockInfo holder, Reading reading) implements Entered {}

    /**
     * Gets a ticket.
     *
     * @param doubt is told of a lease on which a ticket may hang, or may come to hang, although this has failed
     */
    CompletableFuture<Outcome> enter(AcquireRequest request, long deadline, Consumer<Lease> doubt) {
        return enterInTurn(request, deadline, doubt).thenCompose(outcome -> {
            if (!(outcome instanceof InTheWay held)) {
                return CompletableFuture.completedFuture(outcome);
            }
            // It held when the try was refused, which is what is to be told, even if it has gone since.
            return desk.looking()
                    .look(name.resource(), held.first(), held.waiters(), deadline)
                    .exceptionally(failure -> {
                        LOG.debug("the rest of the lease of who holds '{}' isn't known", name.resource(), failure);
                        return desk.looking().describe(name.resource(), held.first(), held.waiters());
                    })
                    .thenApply(Refused::new);
        });
    }

    private CompletableFuture<Outcome> enterInTurn(AcquireRequest request, long deadline, Consumer<Lease> doubt) {
        long seconds = desk.seconds(request.leaseMillis());
        boolean mayWait = request.waitNanos() > 0;
        if (!desk.store().wire().comparesRanges() && (!mayWait || seconds > desk.detectionSeconds())) {
            return enterUnlessHeld(seconds, mayWait, deadline, doubt);
        }
        if (!mayWait || seconds <= desk.detectionSeconds()) {
            return new Try(mayWait, seconds, deadline, doubt).begin(1);
        }
        // A waiter with so long a lease would hold up the others for as long, if it died. It waits on a shorter one.
        return new Try(false, seconds, deadline, doubt)
                .begin(1)
                .thenCompose(outcome -> outcome instanceof Refused || outcome instanceof InTheWay
                        ? new Try(true, desk.detectionSeconds(), deadline, doubt).begin(1)
                        : CompletableFuture.completedFuture(outcome));
    }

    /** For a wire that can't compare a range: reads before, and leaves if somebody came in between. */
    private CompletableFuture<Outcome> enterUnlessHeld(
            long seconds, boolean mayWait, long deadline, Consumer<Lease> doubt) {
        return desk.store()
                .read("the acquire of '" + name.resource() + "'", Txns.read(Txns.get(key), Txns.first(queue)), deadline)
                .thenCompose(response -> {
                    boolean free = Txns.found(response, 0).isPresent()
                            || Txns.found(response, 1).isEmpty();
                    if (!free && !mayWait) {
                        return CompletableFuture.<Outcome>completedFuture(InTheWay.of(response, 1));
                    }
                    long length = free ? seconds : desk.detectionSeconds();
                    return new Try(true, length, deadline, doubt).begin(1);
                })
                .thenCompose(outcome -> !mayWait && outcome instanceof Queued queued
                        ? desk.ending()
                                .leave(queued.ticket())
                                .whenComplete((left, failure) -> {
                                    if (failure != null
                                            && queued.ticket().lease().isOwn()) {
                                        doubt.accept(queued.ticket().lease());
                                    }
                                })
                                .thenApply(left -> (Outcome) new Refused(queued.holder()))
                        : CompletableFuture.completedFuture(outcome));
    }

    /** One way of trying. */
    private final class Try {
        private final boolean mayWait;
        private final long seconds;
        private final long deadline;
        private final Consumer<Lease> doubt;

        Try(boolean mayWait, long seconds, long deadline, Consumer<Lease> doubt) {
            this.mayWait = mayWait;
            this.seconds = seconds;
            this.deadline = deadline;
            this.doubt = doubt;
        }

        CompletableFuture<Outcome> begin(int count) {
            return desk.leases().take(seconds, deadline).thenCompose(lease -> begin(lease, count));
        }

        /**
         * Tries once more, after something came in between. Of the processes that join a ticket at the same time one gets through at
         * each try, so they make way for each other.
         */
        private CompletableFuture<Outcome> beginAgain(int count) {
            long longest = FIRST_PAUSE << Math.min(count, MAX_DOUBLINGS);
            long pause = ThreadLocalRandom.current().nextLong(longest);
            if (deadline - desk.store().now() - pause <= 0) {
                return CompletableFuture.failedFuture(LockBackendException.notApplied(
                        "the queue of '" + name.resource() + "' changes too often", null));
            }
            return desk.store().wire().pause(pause).thenCompose(go -> begin(count + 1));
        }

        private CompletableFuture<Outcome> begin(Lease lease, int count) {
            Lease.Validity validity = lease.validity();
            // At the same time, so that the lease counts from now on, unless it lasts long enough without.
            CompletableFuture<Wire.@Nullable Beat> beat =
                    lease.isNew() || lease.isFresh(validity, desk.store().now())
                            ? CompletableFuture.completedFuture(null)
                            : desk.store().wire().keepAlive(lease.id(), true).thenApply(answer -> answer);
            TicketValue value = TicketValue.first(
                    lease.seconds(), SystemTime.wallClock().toEpochMilli(), List.of(desk.process()), name.client());
            return Futures.follow(
                    desk.store().write(command(), transaction(lease, value), deadline),
                    sent -> {
                        if (sent.doubtful()) {
                            lease.doubt();
                        }
                        lease.use();
                        return answered(new Ask(lease, validity, beat, value, count), sent.response());
                    },
                    failure -> failed(lease, count, failure));
        }

        private String command() {
            return "the acquire of '" + name.resource() + "'";
        }

        private TxnRequest transaction(Lease lease, TicketValue value) {
            // Who waits wants to know who is before him.
            RequestOp look = mayWait ? Txns.start(queue) : Txns.first(queue);
            return TxnRequest.newBuilder()
                    .addCompare(mayWait ? Txns.isAbsent(key) : Txns.isEmpty(queue))
                    .addSuccess(Txns.put(key, value.encode(), lease.id()))
                    .addSuccess(look)
                    .addFailure(Txns.get(key))
                    .addFailure(look)
                    .build();
        }

        private CompletableFuture<Outcome> failed(Lease lease, int count, Throwable failure) {
            if (Failures.isLeaseGone(failure)) {
                desk.leases().forget(lease);
                return beginAgain(count);
            }
            if (failure instanceof LockBackendException known && known.outcomeKnown()) {
                desk.leases().giveBack(lease);
            } else {
                doubt.accept(lease);
            }
            return CompletableFuture.failedFuture(failure);
        }

        private CompletableFuture<Outcome> answered(Ask ask, TxnResponse response) {
            if (response.getSucceeded()) {
                long revision = response.getHeader().getRevision();
                Ticket.State state = new Ticket.State(ask.lease, revision, ask.value);
                return entered(ask, new Ticket(name.resource(), key, revision, state), response);
            }
            Optional<KeyValue> own = Txns.found(response, 0);
            if (own.isPresent() && own.get().getLease() == ask.lease.id()) {
                // An earlier copy of this transaction has been carried out.
                return entered(ask, ticket(own.get(), ask.lease), response);
            }
            desk.leases().giveBack(ask.lease);
            return own.isPresent()
                    ? share(ask, own.get(), response)
                    : CompletableFuture.completedFuture(InTheWay.of(response, 1));
        }

        private Ticket ticket(KeyValue own, Lease lease) {
            return new Ticket(name.resource(), own, lease, name.client());
        }

        private CompletableFuture<Outcome> entered(Ask ask, Ticket ticket, TxnResponse response) {
            KeyValue first = Txns.found(response, 1).orElseThrow();
            if (first.getCreateRevision() != ticket.token()) {
                int waiters = Looking.waiters(response, 1);
                return CompletableFuture.completedFuture(new Queued(
                        ticket, desk.looking().describe(name.resource(), first, waiters), Reading.of(response, 1)));
            }
            if (ask.lease.isDoubtful()) {
                return CompletableFuture.completedFuture(new First(ticket));
            }
            return ask.beat.handle((beat, failure) -> {
                if (failure != null) {
                    return new First(ticket);
                }
                // The transaction proves who leads.
                long term = response.getHeader().getRaftTerm();
                boolean proven = beat == null ? ask.lease.prove(ask.validity, term) : ask.lease.prove(beat, term);
                return proven ? new Granted(ticket) : new First(ticket);
            });
        }

        /** The client has a ticket that another process made, or this one and forgot. */
        private CompletableFuture<Outcome> share(Ask ask, KeyValue own, TxnResponse response) {
            KeyValue first = Txns.found(response, 1).orElseThrow();
            boolean isFirst = first.getCreateRevision() == own.getCreateRevision();
            LockInfo holder = desk.looking().describe(name.resource(), first, Looking.waiters(response, 1));
            if (!isFirst && !mayWait) {
                return CompletableFuture.completedFuture(new Refused(holder));
            }
            Ticket ticket = ticket(own, desk.leaseOf(own));
            TicketValue shared = ticket.state().value().with(desk.process());
            TxnRequest txn = TxnRequest.newBuilder()
                    .addCompare(Txns.written(key, own.getModRevision()))
                    .addSuccess(Txns.put(key, shared.encode(), own.getLease()))
                    .build();
            return Futures.follow(
                    desk.store().write(command(), txn, deadline),
                    sent -> {
                        if (!sent.response().getSucceeded()) {
                            return beginAgain(ask.count);
                        }
                        long revision = sent.response().getHeader().getRevision();
                        ticket.written(new Ticket.State(ticket.lease(), revision, shared));
                        return CompletableFuture.completedFuture(
                                isFirst ? new First(ticket) : new Queued(ticket, holder, Reading.of(response, 1)));
                    },
                    failure -> {
                        if (Failures.isLeaseGone(failure)) {
                            return beginAgain(ask.count);
                        }
                        if (!ticket.state().value().equals(shared)) {
                            unwanted.accept(ticket);
                        }
                        return CompletableFuture.failedFuture(failure);
                    });
        }
    }

    /** What was sent. */
    private record Ask(
            Lease lease,
            Lease.Validity validity,
            CompletableFuture<Wire.@Nullable Beat> beat,
            TicketValue value,
            int count) {}
}
