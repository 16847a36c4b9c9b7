package io.holdfast.core;

import io.holdfast.LockHandle;
import io.holdfast.LockLostException;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.RenewOutcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A handle and all that the manager knows of its hold. It is due when it is to be renewed, when its lease is over, or when
 * its release is to be tried again.
 *
 * <p>Its state is one field that only moves forward: active (with or without listeners), then ended.
 *
 * <table>
 * <caption>How it ends</caption>
 * <tr><th>by</th><th>state</th><th>what is sent</th><th>a later grant of the same token</th></tr>
 * <tr><td>its user</td><td>RELEASING, RELEASED</td><td>release, until confirmed</td><td>isn't believed</td></tr>
 * <tr><td>a caller who left before it came</td><td>RELEASED</td><td>withdrawal of the claim</td><td>is a new handle</td></tr>
 * <tr><td>the local clock</td><td>(Overdue,) LOST</td><td>withdrawal of the claim</td><td>is a new handle</td></tr>
 * <tr><td>the backend, or a newer hold</td><td>LOST</td><td>nothing</td><td>isn't believed</td></tr>
 * </table>
 *
 * <p>A hold that its user
 * releases is remembered until the backend has confirmed it, because an acquire of the same client that overtakes the release is
 * answered with the hold that is about to end. One that is lost by the local clock gives up its request's claim instead, which
 * leaves a hold alone that somebody else shares.
 */
final class HeldLock extends Task implements LockHandle, Begun {
    private static final Logger LOG = LoggerFactory.getLogger(LockManager.class);
    private static final VarHandle STATE;
    private static final VarHandle VALID_UNTIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(HeldLock.class, "state", Object.class);
            VALID_UNTIL = lookup.findVarHandle(HeldLock.class, "validUntil", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private enum Ended {
        /** Released by its user; the backend hasn't confirmed it yet. */
        RELEASING,
        RELEASED,
        LOST
    }

    private final Services services;
    /** The id of the request whose claim keeps the hold. */
    private final long claim;
    /** Null while active without listeners, {@link Listeners} while active with some; then {@link Overdue} or how it {@link Ended}. */
    private volatile @Nullable Object state;
    /** Replaced, under the shard's lock, by a grant of the same hold with a longer lease; its other values are the same. */
    private Grant grant;
    /**
     * Until when the hold certainly lasts or, once it is being released, until when it may last. Read in single reads that can't
     * tear. Not volatile: the fence would cost as much as the rest of the constructor.
     */
    @SuppressWarnings("UnusedVariable") // Read through VALID_UNTIL.
    private long validUntil;
    /** How many requests were given this handle; guarded by the shard. */
    private int users = 1;
    /** Only ever turned on, under the shard's lock. */
    private boolean autoRenewal;
    /** Whether a release that wasn't answered at once has been sent. */
    private volatile boolean releaseSent;

    HeldLock(Services services, AcquireRequest request, Grant grant, boolean autoRenewal) {
        this.services = services;
        this.claim = request.id();
        this.grant = grant;
        this.validUntil = grant.validUntil();
        this.autoRenewal = autoRenewal;
    }

    @Override
    public String resource() {
        return grant.resource();
    }

    @Override
    public String client() {
        return grant.client();
    }

    @Override
    public long fencingToken() {
        return grant.token();
    }

    @Override
    public Duration lease() {
        return Duration.ofMillis(grant.leaseMillis());
    }

    Grant grant() {
        return grant;
    }

    private long validUntil() {
        return (long) VALID_UNTIL.getOpaque(this);
    }

    // Validity and loss.

    @Override
    public Duration remaining() {
        return isValid() ? Duration.ofNanos(Math.max(0, validUntil() - services.now())) : Duration.ZERO;
    }

    @Override
    public boolean isValid() {
        if (!isActive()) {
            return false;
        }
        if (!isLeaseOver()) {
            return true;
        }
        // Settles it: a renewal whose answer is still on its way must not make this true again. The timer does the
        // rest.
        Object seen = state;
        if (isActive(seen) && STATE.compareAndSet(this, seen, new Overdue((Listeners) seen))) {
            services.schedule(this, services.now());
        }
        return false;
    }

    boolean isActive() {
        return isActive(state);
    }

    private static boolean isActive(@Nullable Object state) {
        return state == null || state instanceof Listeners;
    }

    boolean isLeaseOver() {
        return isLeaseOver(services.now());
    }

    boolean isLeaseOver(long now) {
        return validUntil() - now <= 0;
    }

    @Override
    public void ensureValid() {
        if (!isValid()) {
            boolean released = state == Ended.RELEASING || state == Ended.RELEASED;
            String reason = released ? "has been released" : "is lost";
            throw new LockLostException(resource(), client(), fencingToken(), reason);
        }
    }

    @Override
    public void onLost(Consumer<? super LockHandle> listener) {
        Objects.requireNonNull(listener, "listener");
        while (true) {
            Object seen = state;
            if (seen == Ended.LOST || seen instanceof Overdue) {
                tell(listener);
                return;
            }
            if (!isActive(seen) || STATE.compareAndSet(this, seen, new Listeners(listener, (Listeners) seen))) {
                return;
            }
        }
    }

    private void loseByTheClock() {
        Object before = moveTo(Ended.LOST);
        if (isActive(before)) {
            CompletableFuture<?> unused = cleanUpLoss((Listeners) before);
        }
    }

    /** Does what is left to be done about a loss that {@link #isValid} has found; once. */
    private CompletableFuture<?> settleOverdue(Overdue overdue) {
        return STATE.compareAndSet(this, overdue, Ended.LOST) ? cleanUpLoss(overdue.listeners) : BackendCalls.FALSE;
    }

    /** A renewal may have been carried out although its answer was lost: the backend need not keep the hold for that long. */
    private CompletableFuture<?> cleanUpLoss(@Nullable Listeners listeners) {
        CompletableFuture<?> withdrawn = leaveHold();
        // Without renewal, the end of a lease is what was asked for.
        announceLoss(autoRenewal ? Level.WARN : Level.DEBUG, listeners, "ran out of its lease");
        return withdrawn;
    }

    /** Gives up the claim to the hold, and only then forgets it: a manager that closes finds the one or the other. */
    private CompletableFuture<?> leaveHold() {
        CompletableFuture<?> withdrawn = services.withdraw(claimRequest());
        services.shardOf(resource()).remove(this, false);
        return withdrawn;
    }

    /** This hold has ended in the backend, so that no answer which names its token is worth anything any more. */
    void loseForGood(String reason) {
        Object before = services.shardOf(resource()).lose(this);
        if (isActive(before)) {
            announceLoss(Level.WARN, (Listeners) before, reason);
        } else if (before instanceof Overdue overdue) {
            // The timer has just lost sight of it.
            CompletableFuture<?> unused = settleOverdue(overdue);
        }
    }

    private void announceLoss(Level level, @Nullable Listeners listeners, String reason) {
        LOG.atLevel(level).log("{} {}", this, reason);
        if (listeners != null) {
            listeners.inOrder().forEach(this::tell);
        }
    }

    private void tell(Consumer<? super LockHandle> listener) {
        services.execute(() -> {
            try {
                listener.accept(this);
            } catch (RuntimeException | Error thrown) {
                LOG.error("a listener of the lost {} threw", this, thrown);
            }
        });
    }

    /** Moves to LOST under the shard's lock; gives what was before. */
    @Nullable
    Object markLost() {
        return moveTo(Ended.LOST);
    }

    /** Moves from active to an end; gives what was before, which isn't active if this comes too late. */
    private @Nullable Object moveTo(Ended how) {
        while (true) {
            Object before = state;
            if (!isActive(before) || STATE.compareAndSet(this, before, how)) {
                return before;
            }
        }
    }

    // Renewal.

    @Override
    public boolean heartbeat() {
        return isValid() && settleRenewal(services.renew(grant)) && isValid();
    }

    /** Does what an outcome asks for; true if the backend renewed the hold. */
    boolean settleRenewal(RenewOutcome outcome) {
        if (outcome instanceof RenewOutcome.Renewed renewed) {
            // An answer that comes after the lease was over revives nothing.
            if (isValid()) {
                services.renewed(this, renewed.validUntil());
            }
            return true;
        }
        if (outcome instanceof RenewOutcome.Lost) {
            loseForGood("was ended in the backend");
        } else if (outcome instanceof RenewOutcome.Unknown unknown) {
            LOG.debug("{} could not be renewed", this, unknown.cause());
            services.schedule(this, sooner(services.now() + services.retryNanos(leaseNanos()), validUntil()));
        }
        return false;
    }

    /**
     * Another request was answered with a hold of the same token: it gets this handle, and its wishes count too. Called under the
     * shard's lock.
     *
     * @return false if this has ended
     */
    boolean join(HeldLock other) {
        if (!isActive() || isLeaseOver()) {
            if (isBeingReleased()) {
                // Its lease has become longer in the backend, and so has the time to try.
                prolong(other.validUntil());
            }
            return false;
        }
        users++;
        autoRenewal |= other.autoRenewal;
        if (other.grant.leaseMillis() > grant.leaseMillis()) {
            grant = other.grant;
        }
        prolong(other.validUntil());
        return true;
    }

    /**
     * One request less has this handle. If that was the last, it ends, so that no other request is given it. Called under the
     * shard's lock.
     *
     * @return true if it has ended by that
     */
    boolean leave() {
        return --users == 0 && isActive(moveTo(Ended.RELEASED));
    }

    void prolong(long until) {
        if (until - validUntil() > 0) {
            VALID_UNTIL.setOpaque(this, until);
        }
    }

    /** Is renewed from now on; called under the shard's lock. */
    void turnOnRenewal() {
        autoRenewal = true;
    }

    /** When to look at this next, if its lease was extended last. */
    long nextDue() {
        return autoRenewal ? services.renewalDue(validUntil(), leaseNanos()) : validUntil();
    }

    /** The same after a renewal. A backend that extends nothing, for example because its clock stands still, isn't asked without a pause. */
    long nextDueAfter(long now) {
        long due = nextDue();
        long pause = now + services.retryNanos(leaseNanos());
        return sooner(due - pause > 0 ? due : pause, validUntil());
    }

    private long leaseNanos() {
        return grant.leaseMillis() * Services.NANOS_PER_MILLI;
    }

    private static long sooner(long moment, long other) {
        return moment - other < 0 ? moment : other;
    }

    @Override
    void run(long now, RenewalBatch renewals) {
        if (state instanceof Overdue overdue) {
            CompletableFuture<?> unused = settleOverdue(overdue);
        } else if (isBeingReleased()) {
            retryRelease(now);
        } else if (validUntil() - now <= 0) {
            loseByTheClock();
        } else if (autoRenewal) {
            // Should no answer come, this is the next try.
            long patience = Math.min(services.answerNanos(), leaseNanos() / 3);
            services.schedule(this, sooner(now + patience, validUntil()));
            renewals.add(this);
        } else {
            services.schedule(this, validUntil());
        }
    }

    @Override
    boolean isOver() {
        Object seen = state;
        return seen == Ended.LOST || seen == Ended.RELEASED;
    }

    /** Whether this has given up, or is about to give up, no more than its own claim to the hold. */
    boolean isLeft() {
        return isOver() || state instanceof Overdue;
    }

    // Release.

    boolean isBeingReleased() {
        return state == Ended.RELEASING;
    }

    /** Notes, under the shard's lock, that nothing is left to be done. */
    void finish() {
        if (state == Ended.RELEASING) {
            STATE.setRelease(this, Ended.RELEASED);
        }
    }

    @Override
    public CompletableFuture<Boolean> releaseAsync() {
        return services.forCallers(release(services.calls()));
    }

    /** Begins to release this; gives the answer to the first try, or a failure if that doesn't come in time. */
    CompletableFuture<Boolean> release(BackendCalls calls) {
        if (!isActive(moveTo(Ended.RELEASING))) {
            return BackendCalls.FALSE;
        }
        CompletableFuture<Boolean> answer = calls.release(grant);
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            forgetForGood();
            return answer;
        }
        followRelease(answer);
        return services.inTime(resource(), answer, "release");
    }

    private void followRelease(CompletableFuture<Boolean> answer) {
        releaseSent = true;
        services.shardOf(resource()).releaseOutstanding(this, services.now());
        watchRelease(answer);
    }

    private void watchRelease(CompletableFuture<Boolean> answer) {
        services.schedule(this, services.now() + services.answerNanos());
        Answers.whenDone(answer, (released, failure) -> {
            if (failure == null) {
                forgetForGood();
            } else {
                LOG.debug("{} could not be released yet", this, failure);
                services.schedule(this, services.now() + services.retryNanos(leaseNanos()));
            }
        });
    }

    private void retryRelease(long now) {
        if (!releaseSent) {
            // The releasing thread has been held up before it could send, or sends it right now. Its release may come
            // at any time, so that the hold must certainly have ended before it is forgotten.
            followRelease(services.calls().release(grant));
        } else if (services.shardOf(resource()).giveUp(this, now)) {
            LOG.warn("{} could not be released before its lease was over", this);
        } else {
            watchRelease(services.calls().release(grant));
        }
    }

    private void forgetForGood() {
        services.shardOf(resource()).remove(this, true);
    }

    /** Undoes the grant for a caller who has left, after the last {@link #leave}; gives the backend's answer. */
    CompletableFuture<?> abandon() {
        return leaveHold();
    }

    private AcquireRequest claimRequest() {
        long lease = services.shardOf(resource()).longestLease(this);
        return new AcquireRequest(claim, resource(), client(), lease, 0, services.now());
    }

    @Override
    CompletableFuture<?> end() {
        Object before = moveTo(Ended.RELEASING);
        if (isActive(before) || before == Ended.RELEASING) {
            return services.calls().release(grant);
        }
        return before instanceof Overdue overdue
                ? settleOverdue(overdue)
                : services.calls().withdraw(claimRequest());
    }

    @Override
    public void close() {
        // A failure has been noted already, and the release is tried again until the lease is over.
        Answers.awaitQuietly(release(services.blockingCalls()));
    }

    @Override
    public String toString() {
        return "hold of '" + resource() + "' by '" + client() + "' (token " + fencingToken() + ")";
    }

    /** Found to be lost by {@link #isValid}; nothing has been done about it yet. */
    private record Overdue(@Nullable Listeners listeners) {}

    /** The listeners that were added, the latest first. */
    private record Listeners(
            Consumer<? super LockHandle> latest, @Nullable Listeners earlier) {
        List<Consumer<? super LockHandle>> inOrder() {
            ArrayDeque<Consumer<? super LockHandle>> order = new ArrayDeque<>();
            for (Listeners at = this; at != null; at = at.earlier) {
                order.addFirst(at.latest);
            }
            return List.copyOf(order);
        }
    }
}
