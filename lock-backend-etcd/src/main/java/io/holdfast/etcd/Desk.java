package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** What all places of a connection share, and what can be done with a ticket. Thread-safe. */
final class Desk {
    private static final long MILLIS_PER_SECOND = 1000;
    /** How much earlier than its caller an acquire gives up, to say why. */
    private static final long HEAD_START_NANOS = 50_000_000;

    private final Keys keys;
    private final Store store;
    private final Leases leases;
    private final Queues queues;
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

    String process() {
        return process;
    }

    long detectionSeconds() {
        return detectionSeconds;
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

    // Looking.

    /** The hold of a resource, with the rest of its lease. */
    CompletableFuture<Optional<LockInfo>> look(ByteString queue, String resource, long deadline) {
        return store.read("looking at '" + resource + "'", Txns.read(Txns.first(queue)), deadline)
                .thenCompose(response -> {
                    Optional<KeyValue> first = Txns.found(response, 0);
                    if (first.isEmpty()) {
                        return CompletableFuture.completedFuture(Optional.empty());
                    }
                    int waiters = waiters(response, 0);
                    return rest(resource, first.get(), deadline)
                            .thenApply(rest -> Optional.of(describe(resource, first.get(), waiters, rest)));
                });
    }

    static int waiters(TxnResponse response, int index) {
        return (int) Math.max(0, Txns.range(response, index).getCount() - 1);
    }

    private CompletableFuture<Duration> rest(String resource, KeyValue ticket, long deadline) {
        if (ticket.getLease() == 0) {
            return CompletableFuture.completedFuture(Duration.ZERO);
        }
        return store.repeat(
                        "looking at '" + resource + "'",
                        deadline,
                        timeout -> store.wire().timeToLive(ticket.getLease(), timeout))
                .thenApply(seconds -> Duration.ofSeconds(Math.max(0, Math.min(seconds, promised(ticket)))));
    }

    /** How long a hold lasts; its lease may last a little longer. */
    private static long promised(KeyValue ticket) {
        return TicketValue.decode(ticket.getValue())
                .map(TicketValue::leaseSeconds)
                .orElse(Long.MAX_VALUE);
    }

    /** What a ticket says, where the rest of its lease isn't worth a question: its full length. */
    LockInfo describe(String resource, KeyValue ticket, int waiters) {
        Duration lease = TicketValue.decode(ticket.getValue())
                .map(value -> Duration.ofSeconds(value.leaseSeconds()))
                .orElse(Duration.ZERO);
        return describe(resource, ticket, waiters, lease);
    }

    private static LockInfo describe(String resource, KeyValue ticket, int waiters, Duration rest) {
        Instant now = SystemTime.wallClock();
        return TicketValue.decode(ticket.getValue())
                .map(value -> new LockInfo(
                        resource,
                        value.client(),
                        ticket.getCreateRevision(),
                        LockStatus.HELD,
                        value.asked(),
                        now.plus(rest),
                        rest,
                        waiters))
                .orElseGet(() -> new LockInfo(
                        resource, foreigner(ticket), 0, LockStatus.FOREIGN, now, now.plus(rest), rest, waiters));
    }

    private static String foreigner(KeyValue ticket) {
        String written = ticket.getValue().toStringUtf8();
        return written.isEmpty() ? "another etcd client, lease " + Long.toHexString(ticket.getLease()) : written;
    }

    /** Stands for a hold that was there and has just ended, so that the client itself is next. */
    LockInfo nobody(PlaceName name) {
        Instant now = SystemTime.wallClock();
        return new LockInfo(name.resource(), name.client(), 0, LockStatus.HELD, now, now, Duration.ZERO, 0);
    }

    CompletableFuture<Boolean> isThere(Ticket ticket) {
        return store.read("looking at " + ticket, Txns.read(Txns.get(ticket.key())), store.deadline())
                .thenApply(response -> Txns.found(response, 0)
                        .filter(key -> key.getCreateRevision() == ticket.token())
                        .isPresent());
    }

    CompletableFuture<Boolean> isFirst(Ticket ticket, ByteString queue) {
        return store.read("looking at " + ticket, Txns.read(Txns.first(queue)), store.deadline())
                .thenApply(response -> Txns.found(response, 0)
                        .filter(key -> key.getCreateRevision() == ticket.token())
                        .isPresent());
    }

    // Proving.

    /**
     * Sees to it that a ticket is a hold, and that its lease is long enough and at full length.
     *
     * @return false if there is no such ticket any more, or if another is before it
     */
    CompletableFuture<Boolean> confirm(Ticket ticket, long seconds, long deadline) {
        return confirm(ticket, () -> ticket.lease().seconds() >= seconds, seconds, deadline);
    }

    /**
     * The same for a ticket whose turn has come: its lease may be too long, too, if it was made for a request that has gone.
     * What other processes want of it, this one doesn't know.
     */
    CompletableFuture<Boolean> confirmTurn(Ticket ticket, long seconds, long deadline) {
        return confirm(
                ticket, () -> ticket.lease().seconds() >= seconds && !isTooLong(ticket, seconds), seconds, deadline);
    }

    private boolean isTooLong(Ticket ticket, long seconds) {
        Lease lease = ticket.lease();
        return lease.isOwn() && lease.wanted() > seconds && ticket.index().isAlone(process);
    }

    private CompletableFuture<Boolean> confirm(Ticket ticket, BooleanSupplier fits, long seconds, long deadline) {
        CompletableFuture<Boolean> fitting = store.repeat(
                "fitting the lease of " + ticket,
                deadline,
                timeout -> fits.getAsBoolean()
                        ? CompletableFuture.completedFuture(true)
                        : move(ticket, seconds, deadline));
        return fitting.thenCompose(
                there -> there ? prove(ticket, false, deadline) : CompletableFuture.completedFuture(false));
    }

    /**
     * Extends the lease of a ticket that is a hold.
     *
     * @return false if there is no such ticket any more
     */
    CompletableFuture<Boolean> renew(Ticket ticket, long deadline) {
        return prove(ticket, true, deadline);
    }

    private CompletableFuture<Boolean> prove(Ticket ticket, boolean extend, long deadline) {
        return store.repeat("confirming " + ticket, deadline, timeout -> proveOnce(ticket, extend, timeout));
    }

    /**
     * Reads the ticket, and extends the lease at the same time if it must be. That the ticket was written last as this process knows it
     * proves that it hangs on this lease.
     */
    private CompletableFuture<Boolean> proveOnce(Ticket ticket, boolean extend, long timeout) {
        Lease lease = ticket.lease();
        Lease.Validity validity = lease.validity();
        if (extend || !isFresh(lease, validity)) {
            CompletableFuture<Wire.Beat> beat = store.wire().keepAlive(lease.id(), true);
            return read(
                    ticket,
                    timeout,
                    proof -> beat.thenCompose(answer -> prove(lease, answer, proof)
                            ? CompletableFuture.completedFuture(true)
                            : again("the lease has run out, or was renewed by a leader that had been deposed")));
        }
        return read(
                ticket,
                timeout,
                proof -> prove(lease, validity, proof)
                        ? CompletableFuture.completedFuture(true)
                        : proveOnce(ticket, true, timeout));
    }

    private CompletableFuture<Boolean> read(
            Ticket ticket, long timeout, Function<TxnResponse, CompletableFuture<Boolean>> onFirst) {
        TxnRequest proof = TxnRequest.newBuilder()
                .addCompare(Txns.written(ticket.key(), ticket.written()))
                .addSuccess(Txns.before(keys.queue(ticket.resource()), ticket.token()))
                .addFailure(Txns.get(ticket.key()))
                .build();
        return store.wire().txn(proof, timeout).thenCompose(response -> {
            if (!response.getSucceeded()) {
                return readAgain(ticket, Txns.found(response, 0));
            }
            if (Txns.found(response, 0).isPresent()) {
                // Whoever took it for the first was wrong.
                return CompletableFuture.completedFuture(false);
            }
            return onFirst.apply(response);
        });
    }

    /** Whether a hold that begins now on a lease has its full length without a keep-alive. */
    boolean isFresh(Lease lease, Lease.Validity validity) {
        return validity.lasts(store.now(), lease.promisedNanos());
    }

    /**
     * Tells whether an answer that came from the nodes' agreement, to a request sent after a keep-alive or together with it,
     * proves that the keep-alive was answered by who led: a leader that was deposed before may have answered all the same, but
     * in an earlier term.
     */
    boolean prove(Lease lease, Wire.Beat beat, TxnResponse agreed) {
        if (beat.seconds() == 0 || beat.term() < agreed.getHeader().getRaftTerm()) {
            return false;
        }
        lease.renewed(beat);
        lease.proven(lease.endAfter(beat));
        return true;
    }

    /** The same for the last keep-alive before. */
    boolean prove(Lease lease, Lease.Validity validity, TxnResponse agreed) {
        if (!validity.isProvenBy(agreed.getHeader().getRaftTerm())) {
            return false;
        }
        lease.proven(validity.until());
        return true;
    }

    /** The ticket isn't what this process takes it for: it has gone, or another process has given it another lease. */
    private CompletableFuture<Boolean> readAgain(Ticket ticket, Optional<KeyValue> found) {
        if (!note(ticket, found)) {
            return CompletableFuture.completedFuture(false);
        }
        return again("the ticket has another lease now");
    }

    /** Notes which lease a ticket hangs on; false if it has gone. */
    private boolean note(Ticket ticket, Optional<KeyValue> found) {
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

    private static <T> CompletableFuture<T> again(String why) {
        return CompletableFuture.failedFuture(
                Status.ABORTED.withDescription(why).asRuntimeException());
    }

    /** Gives a ticket a lease of another length: its key is written again, which keeps its place and token. */
    private CompletableFuture<Boolean> move(Ticket ticket, long seconds, long deadline) {
        return leases.take(seconds, deadline).thenCompose(fitting -> {
            TicketValue value = new TicketValue(
                    fitting.seconds(), ticket.value().askedAt(), ticket.value().client());
            ByteString index = keys.index(ticket.resource(), value.client());
            TxnRequest txn = TxnRequest.newBuilder()
                    .addCompare(Txns.written(ticket.key(), ticket.written()))
                    .addCompare(Txns.written(index, ticket.indexWritten()))
                    .addSuccess(Txns.put(ticket.key(), value.encode(), fitting.id()))
                    .addSuccess(Txns.put(index, ticket.index().encode(), fitting.id()))
                    .addFailure(Txns.get(ticket.key()))
                    .addFailure(Txns.get(index))
                    .build();
            return store.write("fitting the lease of " + ticket, txn, deadline)
                    // Never revoked then: the ticket may hang on it.
                    .whenComplete((sent, failure) -> fitting.use())
                    .thenCompose(sent -> moved(ticket, fitting, value, sent));
        });
    }

    private CompletableFuture<Boolean> moved(Ticket ticket, Lease fitting, TicketValue value, Store.Sent sent) {
        TxnResponse response = sent.response();
        if (response.getSucceeded()) {
            Lease before = ticket.lease();
            ticket.moved(fitting, value, response.getHeader().getRevision());
            leases.discard(before);
            return CompletableFuture.completedFuture(true);
        }
        Optional<KeyValue> found = Txns.found(response, 0);
        if (found.isPresent() && found.get().getLease() == fitting.id()) {
            Lease before = ticket.lease();
            ticket.moved(fitting, value, found.get().getModRevision());
            leases.discard(before);
            return CompletableFuture.completedFuture(true);
        }
        leases.discard(fitting);
        Txns.found(response, 1)
                .ifPresent(entry -> ticket.indexIs(IndexValue.decode(entry.getValue()), entry.getModRevision()));
        return readAgain(ticket, found);
    }

    // Ending.

    /**
     * Deletes a ticket, for whoever shares it.
     *
     * @return whether it was there
     */
    CompletableFuture<Boolean> delete(Ticket ticket, PlaceName name) {
        TxnRequest txn = TxnRequest.newBuilder()
                .addCompare(Txns.created(ticket.key(), ticket.token()))
                .addSuccess(Txns.delete(ticket.key()))
                .addSuccess(Txns.delete(keys.index(name.resource(), name.client())))
                .build();
        return store.write("the release of '" + name.resource() + "'", txn, store.deadline())
                .thenApply(sent -> {
                    if (sent.response().getSucceeded()) {
                        leases.giveBack(ticket.lease());
                        return true;
                    }
                    leases.abandon(ticket.lease());
                    // An earlier copy of this has ended it, if nothing else has.
                    return sent.doubtful();
                });
    }

    /** Ends this process's share in a ticket, and the ticket if there is no other. */
    CompletableFuture<Void> leave(Ticket ticket, PlaceName name) {
        return store.repeat(
                "the withdrawal from '" + name.resource() + "'", store.deadline(), timeout -> leaveOnce(ticket, name));
    }

    private CompletableFuture<Void> leaveOnce(Ticket ticket, PlaceName name) {
        ByteString index = keys.index(name.resource(), name.client());
        boolean alone = ticket.index().without(process).processes().isEmpty();
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
                    ticket.index().without(process).encode(),
                    ticket.lease().id()));
        }
        return store.write("the withdrawal from '" + name.resource() + "'", txn.build(), store.deadline())
                .thenCompose(sent -> left(ticket, alone, sent.response()));
    }

    private CompletableFuture<Void> left(Ticket ticket, boolean alone, TxnResponse response) {
        if (response.getSucceeded()) {
            if (alone) {
                leases.giveBack(ticket.lease());
            } else {
                leases.forget(ticket.lease());
            }
            return CompletableFuture.completedFuture(null);
        }
        Optional<KeyValue> entry = Txns.found(response, 1);
        if (!note(ticket, Txns.found(response, 0))) {
            leases.abandon(ticket.lease());
            return CompletableFuture.completedFuture(null);
        }
        IndexValue nobody = ticket.index().without(process);
        // Without an entry, nobody else can have a share.
        ticket.indexIs(
                entry.map(found -> IndexValue.decode(found.getValue()))
                        .orElseGet(() -> new IndexValue(nobody.suffix(), List.of())),
                entry.map(KeyValue::getModRevision).orElse(0L));
        return again("somebody else has joined");
    }

    /** Deletes whatever ticket of a client is a hold, of the given token or of any. */
    CompletableFuture<Boolean> releaseByName(PlaceName name, ByteString queue, long token) {
        String command = "the release of '" + name.resource() + "'";
        ByteString index = keys.index(name.resource(), name.client());
        return store.read(command, Txns.read(Txns.get(index), Txns.first(queue)), store.deadline())
                .thenCompose(response -> {
                    Optional<KeyValue> hold = holdOf(response, queue, token);
                    if (hold.isEmpty()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    TxnRequest txn = TxnRequest.newBuilder()
                            .addCompare(
                                    Txns.created(hold.get().getKey(), hold.get().getCreateRevision()))
                            .addSuccess(Txns.delete(hold.get().getKey()))
                            .addSuccess(Txns.delete(index))
                            .build();
                    return store.write(command, txn, store.deadline()).thenApply(sent -> {
                        if (sent.response().getSucceeded()) {
                            leases.discard(leaseOf(hold.get()));
                        }
                        return sent.response().getSucceeded() || sent.doubtful();
                    });
                });
    }

    /** The client's hold, from an answer that has its index entry first and then the first ticket. */
    Optional<KeyValue> holdOf(TxnResponse response, ByteString queue, long token) {
        Optional<KeyValue> entry = Txns.found(response, 0);
        return Txns.found(response, 1)
                .filter(first -> entry.isPresent()
                        && first.getKey()
                                .equals(Keys.ticket(
                                        queue,
                                        IndexValue.decode(entry.get().getValue())
                                                .suffix())))
                .filter(first -> token == HoldRef.ANY_TOKEN || token == first.getCreateRevision());
    }
}
