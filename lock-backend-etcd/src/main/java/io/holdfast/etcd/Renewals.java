package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.holdfast.LockBackendException;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Renews holds without a Raft proposal: a keep-alive for each over one stream, and for every hundred of them one transaction that only reads, to
 * see that their tickets are still there and hang on these leases. A transaction is sent again until a lost connection is there again, and then so
 * are the keep-alives that went down with it: what is left of a lease is too short to leave that to a later renewal.
 */
final class Renewals {
    /** Less than the operations that etcd allows in a transaction. */
    private static final int BATCH = 100;

    private static final long FIRST_PAUSE = 1_000_000;
    private static final long LONGEST_PAUSE = 100_000_000;

    private final Desk desk;
    private final Function<PlaceName, @Nullable Place> places;

    Renewals(Desk desk, Function<PlaceName, @Nullable Place> places) {
        this.desk = desk;
        this.places = places;
    }

    CompletableFuture<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        List<Wish> wishes = holds.stream().map(Wish::new).toList();
        send(wishes, new Round(holds.size() == 1, desk.store().deadline(), FIRST_PAUSE));
        return CompletableFuture.allOf(wishes.stream().map(Wish::outcome).toArray(CompletableFuture[]::new))
                .thenApply(
                        all -> wishes.stream().map(wish -> wish.outcome.join()).toList());
    }

    private void send(List<Wish> wishes, Round round) {
        List<Renewal> batch = new ArrayList<>();
        for (Wish wish : wishes) {
            Ticket ticket = known(wish.hold);
            if (ticket == null) {
                wish.follow(byName(wish.hold));
                continue;
            }
            if (ticket.isInDoubt()) {
                lookCloser(wish, ticket);
                continue;
            }
            Ticket.State state = ticket.state();
            Lease lease = state.lease();
            batch.add(new Renewal(
                    wish, ticket, lease, state.written(), desk.store().wire().keepAlive(lease.id(), round.urgent)));
            if (batch.size() == BATCH) {
                prove(batch, round);
                batch = new ArrayList<>();
            }
        }
        if (!batch.isEmpty()) {
            prove(batch, round);
        }
    }

    private @Nullable Ticket known(HoldRef hold) {
        Place place = places.apply(new PlaceName(hold.resource(), hold.client()));
        Ticket ticket = place == null ? null : place.ticket();
        boolean matches = ticket != null
                && ticket.isHeld()
                && (hold.token() == HoldRef.ANY_TOKEN || hold.token() == ticket.token());
        return matches ? ticket : null;
    }

    /** Almost always all tickets are as they were, which a comparison alone tells. */
    private void prove(List<Renewal> batch, Round round) {
        TxnRequest.Builder txn = Txns.agreed(batch.get(0).ticket.key());
        for (Renewal renewal : batch) {
            txn.addCompare(Txns.written(renewal.ticket.key(), renewal.written));
        }
        CompletableFuture<?> unused = read(txn.build(), round).whenComplete((proof, failure) -> {
            if (failure != null) {
                fail(batch, failure);
            } else if (proof.getSucceeded()) {
                settle(batch, round, at -> true, term(proof));
            } else {
                readEach(batch, round);
            }
        });
    }

    /** At least one ticket is not as it was. */
    private void readEach(List<Renewal> batch, Round round) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        batch.forEach(renewal -> txn.addSuccess(Txns.get(renewal.ticket.key())));
        CompletableFuture<?> unused = read(txn.build(), round).whenComplete((proof, failure) -> {
            if (failure != null) {
                fail(batch, failure);
                return;
            }
            IntPredicate asKnown = at -> Txns.found(proof, at)
                    .filter(key -> key.getModRevision() == batch.get(at).written)
                    .isPresent();
            settle(batch, round, asKnown, term(proof));
        });
    }

    private CompletableFuture<TxnResponse> read(TxnRequest proof, Round round) {
        return desk.store().read("a heartbeat", proof, round.deadline);
    }

    private static long term(TxnResponse agreed) {
        return agreed.getHeader().getRaftTerm();
    }

    private static void fail(List<Renewal> batch, Throwable failure) {
        RenewOutcome unknown = unknown(failure);
        batch.forEach(renewal -> renewal.wish.outcome.complete(unknown));
    }

    private void settle(List<Renewal> batch, Round round, IntPredicate asKnown, long term) {
        List<CompletableFuture<Boolean>> settled = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            settled.add(settle(batch.get(i), round, asKnown.test(i), term));
        }
        CompletableFuture<?> unused = CompletableFuture.allOf(settled.toArray(CompletableFuture[]::new))
                .thenRun(() -> again(
                        IntStream.range(0, batch.size())
                                .filter(at -> !settled.get(at).join())
                                .mapToObj(at -> batch.get(at).wish)
                                .toList(),
                        round));
    }

    /** Gives false if the keep-alive is to be sent again. */
    private CompletableFuture<Boolean> settle(Renewal renewal, Round round, boolean asKnown, long term) {
        return renewal.beat.handle((beat, failure) -> {
            if (failure != null) {
                if (Failures.isTransient(failure) && desk.store().now() + round.pause - round.deadline < 0) {
                    return false;
                }
                renewal.wish.outcome.complete(unknown(failure));
            } else if (asKnown && renewal.lease.prove(beat, term)) {
                renewal.wish.outcome.complete(new RenewOutcome.Renewed(renewal.lease.provenUntil()));
            } else {
                lookCloser(renewal.wish, renewal.ticket);
            }
            return true;
        });
    }

    private void again(List<Wish> wishes, Round round) {
        if (!wishes.isEmpty()) {
            CompletableFuture<?> unused =
                    desk.store().wire().pause(round.pause).thenRun(() -> send(wishes, round.next()));
        }
    }

    /**
     * The ticket has gone, or hangs on another lease by now or may come to, or a leader was deposed. What is found may change the ticket, and so its place
     * does that in turn: a request that is about to give it another lease must not be taken for somebody else.
     */
    private void lookCloser(Wish wish, Ticket ticket) {
        HoldRef hold = wish.hold;
        Place place = places.apply(new PlaceName(hold.resource(), hold.client()));
        CompletableFuture<RenewOutcome> looked = place == null
                ? null
                : place.add(() -> place.ticket() == ticket ? confirm(place, ticket) : byName(hold));
        wish.follow(looked == null ? byName(hold) : looked);
    }

    private CompletableFuture<RenewOutcome> confirm(Place place, Ticket ticket) {
        return confirm(ticket).whenComplete((outcome, failure) -> {
            if (outcome instanceof RenewOutcome.Lost) {
                place.noteLoss(ticket);
            } else if (outcome instanceof RenewOutcome.Renewed) {
                place.noteRenewal(ticket);
            }
        });
    }

    private CompletableFuture<RenewOutcome> confirm(Ticket ticket) {
        return desk.confirming()
                .renew(ticket, desk.store().deadline())
                .thenApply(there ->
                        there ? new RenewOutcome.Renewed(ticket.lease().provenUntil()) : new RenewOutcome.Lost());
    }

    /** Renews a hold that another process acquired, or that this one has forgotten. */
    private CompletableFuture<RenewOutcome> byName(HoldRef hold) {
        ByteString queue = desk.keys().queue(hold.resource());
        return desk.store()
                .read("a heartbeat", Txns.read(Txns.first(queue)), desk.store().deadline())
                .thenCompose(response -> {
                    Optional<KeyValue> found =
                            Looking.holdOf(response, Keys.ticket(queue, hold.client()), hold.token());
                    if (found.isEmpty()) {
                        return CompletableFuture.<RenewOutcome>completedFuture(new RenewOutcome.Lost());
                    }
                    Ticket held = new Ticket(hold.resource(), found.get(), desk.leaseOf(found.get()), hold.client());
                    held.hold();
                    return confirm(held);
                })
                .exceptionally(Renewals::unknown);
    }

    private static RenewOutcome unknown(Throwable failure) {
        LockBackendException cause = Failures.of("a heartbeat", failure, false);
        return new RenewOutcome.Unknown(cause);
    }

    /** A hold that is to be renewed, and what comes of it. */
    private record Wish(HoldRef hold, CompletableFuture<RenewOutcome> outcome) {
        Wish(HoldRef hold) {
            this(hold, new CompletableFuture<>());
        }

        void follow(CompletableFuture<RenewOutcome> answer) {
            CompletableFuture<?> unused =
                    answer.whenComplete((told, failure) -> outcome.complete(failure == null ? told : unknown(failure)));
        }
    }

    /**
     * One of the times that something is sent.
     *
     * @param urgent whether somebody may wait for the answer
     * @param deadline by when there must be an answer
     * @param pause how long to wait before the next time
     */
    private record Round(boolean urgent, long deadline, long pause) {
        Round next() {
            return new Round(urgent, deadline, Math.min(pause * 2, LONGEST_PAUSE));
        }
    }

    /** What has been sent for a hold. */
    private record Renewal(Wish wish, Ticket ticket, Lease lease, long written, CompletableFuture<Wire.Beat> beat) {}
}
