package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client wants of one resource in this process: its ticket, if it has one, and the requests that share it. Everything happens in
 * {@link Steps}, so that a request's acquire and its withdrawal reach etcd in their order.
 */
final class Place {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdBackend.class);

    private final PlaceName name;
    private final Desk desk;
    private final ByteString queue;
    private final Entrance entrance;
    private final Steps steps;
    private final Leftovers leftovers;

    // Touched by steps alone, but for the ticket, which renewals read.
    private volatile @Nullable Ticket ticket;
    private final Map<Long, Claim> claims = new LinkedHashMap<>();
    /** Requests whose time is over, but that may still have a place in the queue. They aren't told before they have none. */
    private final List<Claim> over = new ArrayList<>();

    private boolean tellsOverLater;

    /**
     * Makes an unused place.
     *
     * @param onUseless called when this isn't needed any more
     */
    Place(PlaceName name, Desk desk, Runnable onUseless) {
        this.name = name;
        this.desk = desk;
        this.queue = desk.keys().queue(name.resource());
        this.steps = new Steps(() -> {
            boolean useless = isUseless();
            if (useless) {
                onUseless.run();
            }
            return useless;
        });
        this.leftovers = new Leftovers(desk, steps);
        this.entrance = new Entrance(name, queue, desk, leftovers::leave);
    }

    private boolean isUseless() {
        return ticket == null && claims.isEmpty() && over.isEmpty() && leftovers.isEmpty();
    }

    /** Has something done after what was asked for before; null if this isn't used any more. */
    <T> @Nullable CompletableFuture<T> add(Supplier<? extends CompletionStage<T>> step) {
        return steps.add(step);
    }

    @Nullable
    Ticket ticket() {
        return ticket;
    }

    private void later(Supplier<? extends CompletionStage<?>> step) {
        steps.addLater(step);
    }

    private void again(Supplier<? extends CompletionStage<?>> step) {
        desk.inAMoment(() -> steps.addLater(step));
    }

    // Acquire.

    CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        long deadline = desk.deadlineOf(request);
        Ticket present = ticket;
        if (present == null) {
            return enter(request, deadline);
        }
        if (present.isHeld()) {
            return share(present, request, deadline);
        }
        if (request.waitNanos() <= 0) {
            return refuse(present, request);
        }
        return wait(request, desk.looking().look(queue, name.resource(), deadline));
    }

    private CompletionStage<AcquireReply> enter(AcquireRequest request, long deadline) {
        return enterAnew(request, deadline).thenCompose(entered -> {
            if (entered instanceof Entrance.Refused refused) {
                return CompletableFuture.completedFuture(new AcquireReply.Held(refused.holder()));
            }
            if (entered instanceof Entrance.Granted granted) {
                use(granted.ticket());
                return CompletableFuture.completedFuture(grant(granted.ticket(), request));
            }
            if (entered instanceof Entrance.First first) {
                use(first.ticket());
                return share(first.ticket(), request, deadline);
            }
            Entrance.Queued queued = (Entrance.Queued) entered;
            use(queued.ticket());
            keepWaiting(queued.ticket(), queued.reading());
            return wait(request, CompletableFuture.completedFuture(Optional.of(queued.holder())));
        });
    }

    /** Not as long as a ticket may be there, or come to be, whose lease is to be revoked: it would be joined, and lost with its lease. */
    private CompletableFuture<Entrance.Outcome> enterAnew(AcquireRequest request, long deadline) {
        return leftovers
                .settle("the acquire of '" + name.resource() + "'", deadline)
                .thenCompose(done -> entrance.enter(request, deadline, leftovers::doubt));
    }

    private void use(Ticket entered) {
        ticket = entered;
        leftovers.want();
    }

    private AcquireReply grant(Ticket held, AcquireRequest request) {
        held.hold();
        Claim claim = claims.computeIfAbsent(
                request.id(), id -> new Claim(request, desk.store().now()));
        claim.stopWaiting();
        desk.leases().leaveToHolder(held.lease(), () -> later(() -> forgetIfOver(held)));
        return EtcdGrant.of(held, name.client());
    }

    /** Another request of the client that holds, or one whose ticket has come to be the first. */
    private CompletionStage<AcquireReply> share(Ticket present, AcquireRequest request, long deadline) {
        claims.computeIfAbsent(
                request.id(), id -> new Claim(request, desk.store().now()));
        return desk.confirming()
                .confirm(present, desk.seconds(request.leaseMillis()), deadline)
                .whenComplete((there, failure) -> {
                    if (failure != null && ticket == present && !present.isHeld()) {
                        // Another request may come to wait with it before this one is withdrawn.
                        keepWaiting(present, Reading.NONE);
                        again(() -> takeTurn(present));
                    }
                })
                .thenCompose(there -> {
                    if (there) {
                        return CompletableFuture.completedFuture(grant(present, request));
                    }
                    claims.values().removeIf(claim -> !claim.isWaiting());
                    lose(present);
                    return enter(request, deadline);
                })
                // Whatever failed: there is a ticket, and perhaps a hold, from which the request must be withdrawn.
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        Failures.inDoubt("the acquire of '" + name.resource() + "'", failure)));
    }

    private CompletionStage<AcquireReply> wait(AcquireRequest request, CompletionStage<Optional<LockInfo>> looking) {
        return looking.thenApply(holder -> {
            Claim claim = claims.get(request.id());
            if (claim == null || !claim.isWaiting()) {
                Claim fresh = new Claim(request, desk.store().now());
                claims.put(request.id(), fresh);
                fresh.waitFor(
                        holder.orElseGet(() -> desk.looking().nobody(name)),
                        desk.store().scheduler().schedule(() -> later(() -> drop(fresh)), request.waitNanos()));
                claim = fresh;
            }
            return new AcquireReply.Queued(holder.orElseGet(() -> desk.looking().nobody(name)), claim.turn());
        });
    }

    /** A request that doesn't wait any more, although it or another does. */
    private CompletionStage<AcquireReply> refuse(Ticket present, AcquireRequest request) {
        remove(request.id());
        CompletableFuture<Void> left = claims.isEmpty() ? leave(present) : CompletableFuture.completedFuture(null);
        return left.thenCompose(done ->
                        desk.looking().look(queue, name.resource(), desk.store().deadline()))
                .thenApply(holder -> new AcquireReply.Held(
                        holder.orElseGet(() -> desk.looking().nobody(name))));
    }

    // Waiting.

    private void keepWaiting(Ticket waiting, Reading reading) {
        desk.leases().keepAlive(waiting.lease(), () -> later(() -> gone(waiting)));
        desk.queues().join(queue, waiting, reading, new Queues.Listener() {
            @Override
            public void turn() {
                later(() -> takeTurn(waiting));
            }

            @Override
            public void gone() {
                later(() -> Place.this.gone(waiting));
            }
        });
    }

    /** Makes a hold of a ticket that waited, and is or was the first of its queue. */
    private CompletionStage<?> takeTurn(Ticket first) {
        if (ticket != first || first.isHeld()) {
            return CompletableFuture.completedFuture(null);
        }
        dropAllThatAreOver();
        if (claims.isEmpty()) {
            // It is still its turn if another request comes before it can be left.
            return leaveOr(first, () -> takeTurn(first));
        }
        tellOver();
        long longest = claims.values().stream()
                .mapToLong(claim -> claim.request().leaseMillis())
                .max()
                .orElseThrow();
        return desk.confirming()
                .confirmTurn(first, desk.seconds(longest), desk.store().deadline())
                .thenCompose(there -> {
                    if (!there) {
                        return gone(first);
                    }
                    grantAll(first);
                    return CompletableFuture.completedFuture(null);
                })
                .exceptionally(failure -> {
                    LOG.debug("{} has its turn, but etcd doesn't answer yet", first, failure);
                    again(() -> takeTurn(first));
                    return null;
                });
    }

    private void grantAll(Ticket first) {
        desk.queues().leave(queue, first);
        first.hold();
        desk.leases().leaveToHolder(first.lease(), () -> later(() -> forgetIfOver(first)));
        EtcdGrant grant = EtcdGrant.of(first, name.client());
        for (Claim claim : claims.values()) {
            if (claim.isWaiting()) {
                claim.stopWaiting();
                claim.turn().complete(Optional.of(grant));
            }
        }
    }

    /** A ticket that waited may have gone, by the end of its lease or an operator's hand: those who still wait queue up again. */
    private CompletionStage<?> gone(Ticket waiting) {
        if (ticket != waiting || waiting.isHeld()) {
            return CompletableFuture.completedFuture(null);
        }
        return desk.looking()
                .read(waiting)
                .thenCompose(found -> {
                    if (desk.note(waiting, found)) {
                        // Not at once, since etcd may still be about to end it with its lease.
                        again(() -> keepAliveWhileWaiting(waiting));
                        return CompletableFuture.completedFuture(null);
                    }
                    lose(waiting);
                    return queueUpAgain();
                })
                .exceptionally(failure -> {
                    LOG.debug("{} may have gone, but etcd doesn't answer yet", waiting, failure);
                    again(() -> gone(waiting));
                    return null;
                });
    }

    private CompletionStage<?> keepAliveWhileWaiting(Ticket waiting) {
        if (ticket == waiting && !waiting.isHeld()) {
            desk.leases().keepAlive(waiting.lease(), () -> later(() -> gone(waiting)));
        }
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<?> queueUpAgain() {
        dropAllThatAreOver();
        tellOver();
        Optional<Claim> longest =
                claims.values().stream().max((one, other) -> Long.signum(one.deadline() - other.deadline()));
        if (longest.isEmpty() || ticket != null) {
            return CompletableFuture.completedFuture(null);
        }
        AcquireRequest request = longest.get().request();
        return enterAnew(request, longest.get().deadline())
                .thenCompose(entered -> entered instanceof Entrance.Entered in
                        ? continueWaiting(in)
                        : CompletableFuture.failedFuture(Status.ABORTED.asRuntimeException()))
                .exceptionally(failure -> {
                    if (Failures.isTransient(failure)) {
                        again(this::queueUpAgain);
                    } else {
                        failAll(failure);
                    }
                    return null;
                });
    }

    private CompletableFuture<?> continueWaiting(Entrance.Entered entered) {
        use(entered.ticket());
        keepWaiting(entered.ticket(), entered instanceof Entrance.Queued queued ? queued.reading() : Reading.NONE);
        return entered instanceof Entrance.Queued
                ? CompletableFuture.completedFuture(null)
                : takeTurn(entered.ticket()).toCompletableFuture();
    }

    private void failAll(Throwable failure) {
        LockBackendException told = Failures.of("waiting for '" + name.resource() + "'", failure, false);
        for (Claim claim : List.copyOf(claims.values())) {
            remove(claim.request().id());
            claim.turn().completeExceptionally(told);
        }
    }

    /** The time of one that waits is over. */
    private CompletionStage<?> drop(Claim claim) {
        Ticket present = ticket;
        if (claims.get(claim.request().id()) != claim || !claim.isWaiting()) {
            return CompletableFuture.completedFuture(null);
        }
        remove(claim.request().id());
        over.add(claim);
        if (present == null || present.isHeld()) {
            tellOver();
            return CompletableFuture.completedFuture(null);
        }
        return leaveUnlessUsed(present);
    }

    private void dropAllThatAreOver() {
        long now = desk.store().now();
        for (Claim claim : List.copyOf(claims.values())) {
            if (claim.isOver(now)) {
                remove(claim.request().id());
                over.add(claim);
            }
        }
    }

    /** Gives up a ticket that nobody wants any more: until etcd answers, since the ticket's lease is kept alive. */
    private CompletionStage<?> leaveUnlessUsed(Ticket present) {
        if (ticket != present || !claims.isEmpty()) {
            tellOver();
            return CompletableFuture.completedFuture(null);
        }
        return leaveOr(present, () -> leaveUnlessUsed(present));
    }

    private CompletionStage<?> leaveOr(Ticket present, Supplier<CompletionStage<?>> later) {
        return leave(present).exceptionally(failure -> {
            LOG.debug("{} is of no use any more, but etcd doesn't answer yet", present, failure);
            again(later);
            return null;
        });
    }

    /** Tells those whose time is over, once nothing of them is left: the ticket has gone, or is another request's. */
    private void tellOver() {
        if (over.isEmpty()) {
            return;
        }
        if (!leftovers.mayHaveTicket()) {
            List<Claim> told = List.copyOf(over);
            over.clear();
            told.forEach(claim -> claim.turn().complete(Optional.empty()));
            return;
        }
        if (!tellsOverLater) {
            tellsOverLater = true;
            later(this::tellOverOnceSettled);
        }
    }

    private CompletionStage<?> tellOverOnceSettled() {
        CompletableFuture<Void> settled = leftovers.settle().thenAccept(done -> {
            tellsOverLater = false;
            tellOver();
        });
        return settled.exceptionally(failure -> {
            LOG.debug("a wait for '{}' is over, but etcd doesn't answer yet", name.resource(), failure);
            again(this::tellOverOnceSettled);
            return null;
        });
    }

    private void remove(long request) {
        Claim claim = claims.remove(request);
        if (claim != null) {
            claim.stopWaiting();
        }
    }

    // Ends.

    CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        remove(request.id());
        over.removeIf(claim -> claim.request().id() == request.id());
        Ticket present = ticket;
        CompletableFuture<Void> left =
                present != null && claims.isEmpty() ? leave(present) : CompletableFuture.completedFuture(null);
        return left.whenComplete((done, failure) -> {
                    if (failure != null && present != null) {
                        // Whoever asks for this may give it up before etcd answers again.
                        again(() -> leaveUnlessUsed(present));
                    }
                })
                .thenCompose(done -> leftovers.leaveAll())
                .thenCompose(done -> leftovers.settle())
                .thenCompose(done ->
                        desk.looking().look(queue, name.resource(), desk.store().deadline()));
    }

    /** Gives up this process's share in a ticket, and the ticket if nobody else has one. */
    private CompletableFuture<Void> leave(Ticket present) {
        return desk.ending().leave(present).thenAccept(done -> forget(present));
    }

    CompletionStage<Boolean> release(HoldRef hold) {
        Ticket present = ticket;
        if (present == null || (hold.token() != HoldRef.ANY_TOKEN && hold.token() != present.token())) {
            return desk.ending().releaseByName(name, queue, hold.token());
        }
        if (!present.isHeld()) {
            // It may have come to be the first just now.
            return desk.looking()
                    .isFirst(present, queue)
                    .thenCompose(first -> first
                            ? takeTurn(present).thenCompose(turn -> releaseHeld(present))
                            : CompletableFuture.completedFuture(false));
        }
        return releaseHeld(present);
    }

    private CompletionStage<Boolean> releaseHeld(Ticket held) {
        if (ticket != held || !held.isHeld()) {
            return CompletableFuture.completedFuture(false);
        }
        return desk.ending().delete(held).thenCompose(outcome -> {
            claims.clear();
            forget(held);
            return outcome.answer(name.resource());
        });
    }

    /** Etcd has lost it. */
    private void lose(Ticket lost) {
        forget(lost);
        desk.leases().abandon(lost.lease());
    }

    private void forget(Ticket gone) {
        desk.queues().leave(queue, gone);
        if (ticket == gone) {
            ticket = null;
        }
        tellOver();
    }

    /** What a renewal has found out: the hold goes on, perhaps on another lease. */
    void noteRenewal(Ticket renewed) {
        if (ticket == renewed && renewed.isHeld()) {
            desk.leases().leaveToHolder(renewed.lease(), () -> later(() -> forgetIfOver(renewed)));
        }
    }

    /** What a renewal has found out. */
    void noteLoss(Ticket lost) {
        later(() -> {
            if (ticket == lost) {
                claims.values().removeIf(claim -> !claim.isWaiting());
                lose(lost);
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    /** A hold that this process hasn't renewed: over, or kept alive by another. It can be found again by its name. */
    private CompletionStage<?> forgetIfOver(Ticket held) {
        if (ticket == held) {
            claims.clear();
            forget(held);
        }
        return CompletableFuture.completedFuture(null);
    }

    /** Fails those who wait. */
    void close() {
        later(() -> {
            List<Claim> waiting = new ArrayList<>(over);
            claims.values().stream().filter(Claim::isWaiting).forEach(waiting::add);
            claims.clear();
            over.clear();
            for (Claim claim : waiting) {
                claim.stopWaiting();
                claim.turn().completeExceptionally(Steps.closed());
            }
            return CompletableFuture.completedFuture(null);
        });
    }
}
