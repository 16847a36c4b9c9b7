package io.holdfast.core;

import io.holdfast.LockHandle;
import io.holdfast.LockLostException;
import io.holdfast.LockOptions;
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

/**
 * A handle and all that the manager knows of its hold. It is due when it is to be renewed, when its lease is over, or when its release is to be tried again.
 *
 * <p>Its state is one field that only moves forward: active (with or without listeners), then lost, or being released and then released. The release of a hold is
 * remembered until the backend has confirmed it, because an acquire of the same client that overtakes it is answered with the hold that is about to end.
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
        LOST,
        BEING_RELEASED,
        RELEASED
    }

    private final LockManager manager;
    private final Grant grant;
    /** Null while active without listeners, {@link Listeners} while active with some, or how it {@link Ended}. */
    private volatile @Nullable Object state;

    /** Written under the shard's lock, read by anyone in single reads that can't tear. Not volatile: the fence would cost as much as the rest of the constructor. */
    @SuppressWarnings("UnusedVariable") // Read through VALID_UNTIL.
    private long validUntil;
    /** How many requests were given this handle; guarded by the shard. */
    private int users = 1;

    /** Only ever turned on, under the shard's lock. */
    private boolean autoRenewal;

    HeldLock(LockManager manager, Grant grant, LockOptions options) {
        this.manager = manager;
        this.grant = grant;
        this.validUntil = grant.validUntil();
        this.autoRenewal = options.autoRenewal();
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

    @Override
    public Duration remaining() {
        return isActive() ? Duration.ofNanos(Math.max(0, validUntil() - manager.now())) : Duration.ZERO;
    }

    @Override
    public boolean isValid() {
        if (!isActive()) {
            return false;
        }
        if (isLeaseOver()) {
            // Settles it: a renewal whose answer is still on its way must not make this true again.
            lose("ran out of its lease");
            return false;
        }
        return true;
    }

    boolean isLeaseOver() {
        return validUntil() - manager.now() <= 0;
    }

    @Override
    public void ensureValid() {
        if (!isValid()) {
            boolean released = state == Ended.BEING_RELEASED || state == Ended.RELEASED;
            throw new LockLostException(
                    resource(), client(), fencingToken(), released ? "has been released" : "is lost");
        }
    }

    @Override
    public boolean heartbeat() {
        if (!isValid()) {
            return false;
        }
        return settleRenewal(manager.renew(grant)) && isValid();
    }

    /** Does what an outcome asks for; true if the backend renewed the hold. */
    boolean settleRenewal(RenewOutcome outcome) {
        if (outcome instanceof RenewOutcome.Renewed renewed) {
            // An answer that comes after the lease was over revives nothing.
            if (isValid()) {
                manager.renewed(this, renewed.validUntil());
            }
            return true;
        }
        if (outcome instanceof RenewOutcome.Unknown unknown) {
            // It is tried again soon: that was scheduled when this try was sent.
            LOG.debug("{} could not be renewed, its lease lasts {} more", this, remaining(), unknown.cause());
            return false;
        }
        lose("was ended in the backend");
        return false;
    }

    @Override
    public void onLost(Consumer<? super LockHandle> listener) {
        Objects.requireNonNull(listener, "listener");
        while (true) {
            Object seen = state;
            if (seen == Ended.LOST) {
                tell(listener);
                return;
            }
            if (seen instanceof Ended) {
                return;
            }
            if (STATE.compareAndSet(this, seen, new Listeners(listener, (Listeners) seen))) {
                return;
            }
        }
    }

    private void tell(Consumer<? super LockHandle> listener) {
        manager.execute(() -> {
            try {
                listener.accept(this);
            } catch (RuntimeException thrown) {
                LOG.error("a listener of the lost {} threw", this, thrown);
            }
        });
    }

    /** Ends this as lost, unless it has ended already. */
    void lose(String how) {
        Object before = moveTo(Ended.LOST);
        if (before instanceof Ended) {
            return;
        }
        manager.forget(this);
        LOG.warn("{} {}: lost", this, how);
        if (before instanceof Listeners listeners) {
            listeners.inOrder().forEach(this::tell);
        }
    }

    /** Moves from active to an end; gives what was before, which is an {@link Ended} if this comes too late. */
    private @Nullable Object moveTo(Ended how) {
        while (true) {
            Object before = state;
            if (before instanceof Ended || STATE.compareAndSet(this, before, how)) {
                return before;
            }
        }
    }

    boolean isActive() {
        return !(state instanceof Ended);
    }

    @Override
    boolean isOver() {
        Object seen = state;
        return seen == Ended.LOST || seen == Ended.RELEASED;
    }

    boolean isBeingReleased() {
        return state == Ended.BEING_RELEASED;
    }

    /** Another request got the same hold: it gets this handle, and its wishes count too. */
    void join(HeldLock other, Grant again) {
        users++;
        autoRenewal |= other.autoRenewal;
        prolong(again.validUntil());
    }

    boolean leave() {
        return --users == 0;
    }

    void prolong(long until) {
        if (until - validUntil() > 0) {
            VALID_UNTIL.setOpaque(this, until);
        }
    }

    private long validUntil() {
        return (long) VALID_UNTIL.getOpaque(this);
    }

    /** When to look at this next, if the lease was extended last. */
    long nextDue() {
        return autoRenewal ? manager.renewalDue(validUntil(), grant.leaseMillis()) : validUntil();
    }

    @Override
    void run(long now, RenewalBatch renewals) {
        if (isBeingReleased()) {
            retryRelease(now);
        } else if (validUntil() - now <= 0) {
            lose("ran out of its lease");
        } else if (autoRenewal) {
            // Should no answer come, this is the next try.
            manager.schedule(this, soonerOf(now + manager.retryNanos(grant.leaseMillis()), validUntil()));
            renewals.add(this);
        } else {
            manager.schedule(this, validUntil());
        }
    }

    private static long soonerOf(long moment, long other) {
        return moment - other < 0 ? moment : other;
    }

    Grant grant() {
        return grant;
    }

    @Override
    public CompletableFuture<Boolean> releaseAsync() {
        // A copy, because what callers do to their future must not reach the backend's.
        return release().copy();
    }

    /** Begins to release this; gives the answer to the first try, or a failure if that doesn't come in time. */
    CompletableFuture<Boolean> release() {
        if (moveTo(Ended.BEING_RELEASED) instanceof Ended) {
            return BackendCalls.FALSE;
        }
        CompletableFuture<Boolean> answer = manager.calls().release(grant);
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            finishRelease();
            return answer;
        }
        // A renewal may have gone out just before; the hold can't last longer than a full lease from now.
        VALID_UNTIL.setOpaque(
                this, manager.now() + Duration.ofMillis(grant.leaseMillis()).toNanos());
        followRelease(answer);
        return manager.inTime(resource(), answer, "release");
    }

    private void followRelease(CompletableFuture<Boolean> answer) {
        manager.schedule(this, soonerOf(manager.now() + manager.retryNanos(grant.leaseMillis()), validUntil()));
        Answers.whenDone(answer, (released, failure) -> {
            if (failure == null) {
                finishRelease();
            } else {
                LOG.debug("{} could not be released yet", this, failure);
            }
        });
    }

    private void retryRelease(long now) {
        if (validUntil() - now <= 0) {
            finishRelease();
        } else {
            followRelease(manager.calls().release(grant));
        }
    }

    private void finishRelease() {
        STATE.setRelease(this, Ended.RELEASED);
        manager.forget(this);
    }

    @Override
    CompletableFuture<?> end() {
        Object before = moveTo(Ended.BEING_RELEASED);
        if (before == Ended.LOST || before == Ended.RELEASED) {
            return BackendCalls.FALSE;
        }
        return manager.calls().release(grant);
    }

    @Override
    public void close() {
        // A failure has been noted already, and the release is tried again until the lease is over.
        Answers.awaitQuietly(release());
    }

    @Override
    public String toString() {
        return "hold of '" + resource() + "' by '" + client() + "' (token " + fencingToken() + ")";
    }

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
