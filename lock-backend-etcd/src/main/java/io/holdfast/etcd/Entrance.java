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
    private static final int MAX_TRIES = 20;

    private final PlaceName name;
    private final Desk desk;
    private final ByteString queue;
    private final ByteString index;

    Entrance(PlaceName name, ByteString queue, Desk desk) {
        this.name = name;
        this.desk = desk;
        this.queue = queue;
        this.index = desk.keys().index(name.resource(), name.client());
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
                .read(
                        "the acquire of '" + name.resource() + "'",
                        Txns.read(Txns.get(index), Txns.first(queue)),
                        deadline)
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
                                .leave(queued.ticket(), name)
                                .whenComplete((left, failure) -> {
                                    if (failure != null) {
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
            if (count > MAX_TRIES) {
                return CompletableFuture.failedFuture(LockBackendException.notApplied(
                        "the queue of '" + name.resource() + "' changes too often", null));
            }
            return desk.leases().take(seconds, deadline).thenCompose(lease -> begin(lease, count));
        }

        private CompletableFuture<Outcome> begin(Lease lease, int count) {
            Lease.Validity validity = lease.validity();
            // At the same time, so that the lease counts from now on, unless it lasts long enough without.
            CompletableFuture<Wire.@Nullable Beat> beat =
                    lease.isNew() || lease.isFresh(validity, desk.store().now())
                            ? CompletableFuture.completedFuture(null)
                            : desk.store().wire().keepAlive(lease.id(), true).thenApply(answer -> answer);
            TicketValue value =
                    new TicketValue(lease.seconds(), SystemTime.wallClock().toEpochMilli(), name.client());
            IndexValue entry = new IndexValue(Keys.suffix(lease.id()), List.of(desk.process()));
            return Futures.follow(
                    desk.store().write(command(), transaction(lease, value, entry), deadline),
                    sent -> {
                        if (sent.doubtful()) {
                            lease.doubt();
                        }
                        lease.use();
                        return answered(new Ask(lease, validity, beat, value, entry, count), sent.response());
                    },
                    failure -> failed(lease, count, failure));
        }

        private String command() {
            return "the acquire of '" + name.resource() + "'";
        }

        private TxnRequest transaction(Lease lease, TicketValue value, IndexValue entry) {
            ByteString key = Keys.ticket(queue, entry.suffix());
            TxnRequest.Builder txn = TxnRequest.newBuilder();
            if (mayWait) {
                txn.addCompare(Txns.isAbsent(index)).addCompare(Txns.isAbsent(key));
            } else {
                txn.addCompare(Txns.isEmpty(queue));
            }
            // Who waits wants to know who is before him.
            RequestOp look = mayWait ? Txns.start(queue) : Txns.first(queue);
            return txn.addSuccess(Txns.put(key, value.encode(), lease.id()))
                    .addSuccess(Txns.put(index, entry.encode(), lease.id()))
                    .addSuccess(look)
                    .addFailure(Txns.get(index))
                    .addFailure(Txns.get(key))
                    .addFailure(look)
                    .build();
        }

        private CompletableFuture<Outcome> failed(Lease lease, int count, Throwable failure) {
            if (Failures.isLeaseGone(failure)) {
                desk.leases().forget(lease);
                return begin(count + 1);
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
                Ticket ticket = ticket(ask, revision, revision, revision);
                return entered(ask, ticket, response);
            }
            Optional<KeyValue> entry = Txns.found(response, 0);
            Optional<KeyValue> own = Txns.found(response, 1);
            if (own.isPresent() && entry.isPresent()) {
                // An earlier copy of this transaction has been carried out.
                long made = own.get().getCreateRevision();
                Ticket ticket = ticket(
                        ask, made, own.get().getModRevision(), entry.get().getModRevision());
                return entered(ask, ticket, response);
            }
            desk.leases().giveBack(ask.lease);
            if (entry.isPresent()) {
                return share(ask, entry.get(), Txns.found(response, 2), Looking.waiters(response, 2));
            }
            return Txns.found(response, 2).isPresent() && !mayWait
                    ? CompletableFuture.completedFuture(InTheWay.of(response, 2))
                    : begin(ask.count + 1);
        }

        private Ticket ticket(Ask ask, long token, long written, long indexWritten) {
            return new Ticket(
                    name.resource(),
                    Keys.ticket(queue, ask.entry.suffix()),
                    token,
                    ask.value,
                    ask.lease,
                    written,
                    ask.entry,
                    indexWritten);
        }

        private CompletableFuture<Outcome> entered(Ask ask, Ticket ticket, TxnResponse response) {
            KeyValue first = Txns.found(response, 2).orElseThrow();
            if (first.getCreateRevision() != ticket.token()) {
                int waiters = Looking.waiters(response, 2);
                return CompletableFuture.completedFuture(new Queued(
                        ticket, desk.looking().describe(name.resource(), first, waiters), Reading.of(response, 2)));
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
        private CompletableFuture<Outcome> share(Ask ask, KeyValue entry, Optional<KeyValue> first, int waiters) {
            ByteString key =
                    Keys.ticket(queue, IndexValue.decode(entry.getValue()).suffix());
            if (first.isPresent() && first.get().getKey().equals(key)) {
                return share(ask, entry, first.get(), true, first.get(), waiters);
            }
            return desk.store()
                    .read(command(), Txns.read(Txns.get(key)), deadline)
                    .thenCompose(response -> {
                        Optional<KeyValue> there = Txns.found(response, 0);
                        if (there.isEmpty()) {
                            return dropDangling(ask, entry, key);
                        }
                        if (first.isEmpty()) {
                            // It has come after the first answer: what is before it isn't known.
                            return begin(ask.count + 1);
                        }
                        return share(ask, entry, there.get(), false, first.get(), waiters);
                    });
        }

        private CompletableFuture<Outcome> share(
                Ask ask, KeyValue entry, KeyValue there, boolean isFirst, KeyValue first, int waiters) {
            LockInfo holder = desk.looking().describe(name.resource(), first, waiters);
            if (!isFirst && !mayWait) {
                return CompletableFuture.completedFuture(new Refused(holder));
            }
            IndexValue shared = IndexValue.decode(entry.getValue()).with(desk.process());
            TxnRequest txn = TxnRequest.newBuilder()
                    .addCompare(Txns.written(index, entry.getModRevision()))
                    .addCompare(Txns.created(there.getKey(), there.getCreateRevision()))
                    .addSuccess(Txns.put(index, shared.encode(), there.getLease()))
                    .build();
            return Futures.follow(
                    desk.store().write(command(), txn, deadline),
                    sent -> {
                        if (!sent.response().getSucceeded()) {
                            return begin(ask.count + 1);
                        }
                        Ticket ticket = new Ticket(
                                name.resource(),
                                there.getKey(),
                                there.getCreateRevision(),
                                TicketValue.decode(there.getValue()).orElse(ask.value),
                                desk.leaseOf(there),
                                there.getModRevision(),
                                shared,
                                sent.response().getHeader().getRevision());
                        return CompletableFuture.completedFuture(
                                isFirst ? new First(ticket) : new Queued(ticket, holder, Reading.NONE));
                    },
                    failure -> Failures.isLeaseGone(failure)
                            ? begin(ask.count + 1)
                            : CompletableFuture.failedFuture(failure));
        }

        /** Somebody has deleted the ticket but not its index entry. */
        private CompletableFuture<Outcome> dropDangling(Ask ask, KeyValue entry, ByteString key) {
            TxnRequest txn = TxnRequest.newBuilder()
                    .addCompare(Txns.written(index, entry.getModRevision()))
                    .addCompare(Txns.isAbsent(key))
                    .addSuccess(Txns.delete(index))
                    .build();
            return desk.store().write(command(), txn, deadline).thenCompose(sent -> begin(ask.count + 1));
        }
    }

    /** What was sent. */
    private record Ask(
            Lease lease,
            Lease.Validity validity,
            CompletableFuture<Wire.@Nullable Beat> beat,
            TicketValue value,
            IndexValue entry,
            int count) {}
}
