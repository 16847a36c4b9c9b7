package io.holdfast.core;

import io.holdfast.core.internal.DueWheel;
import io.holdfast.core.internal.ResourceTable;
import io.holdfast.spi.AcquireRequest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the manager knows of the resources in one part of the hash space: its own holds, and what is to be done when. One
 * lock guards it; nothing is called under it that could block or call back.
 */
final class Shard {
    private static final VarHandle CALLS;
    private static final VarHandle ENDINGS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            CALLS = lookup.findVarHandle(Shard.class, "calls", int.class);
            ENDINGS = lookup.findVarHandle(Shard.class, "endings", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final ResourceTable<HeldLock> holds = new ResourceTable<>() {
        @Override
        protected String resourceOf(HeldLock hold) {
            return hold.resource();
        }
    };
    private final DueWheel<Task> tasks;
    private final WaitingRequests waiting = new WaitingRequests();
    private final Withdrawals withdrawals = new Withdrawals();
    /** What waits for the release of a hold to be confirmed; nearly always empty. */
    private final Map<HeldLock, List<Runnable>> afterRelease = new HashMap<>();

    private boolean closed;
    /** Written under the lock, read without it before a request is sent. */
    private long endings;

    @SuppressWarnings("UnusedVariable") // Written through CALLS.
    private volatile int calls;

    Shard(long now) {
        this.tasks = new DueWheel<>(now);
    }

    /** How many holds have ended here so far: a grant that arrives while this stands still isn't that of an ended hold. */
    long endings() {
        return (long) ENDINGS.getAcquire(this);
    }

    /**
     * Takes a grant that answers a request at once into the manager's keeping. Not so if the manager is closed, or if any hold has ended
     * here since the request was sent: the grant may be that of this hold, answered before its end, and overtaken.
     *
     * @param fresh the handle to keep if the hold is new to the manager
     * @param endingsBefore {@link #endings} before the request was sent
     * @return the handle to hand out, the present one of this hold if there is one; null if the grant was not taken
     */
    @Nullable
    HeldLock adoptAtOnce(HeldLock fresh, long endingsBefore) {
        HeldLock present;
        HeldLock adopted;
        lock.lock();
        try {
            if (closed || endings != endingsBefore) {
                return null;
            }
            present = holds.get(fresh.resource());
            adopted = joinOrReplace(present, fresh);
        } finally {
            lock.unlock();
        }
        endIfFollowed(present, adopted);
        return adopted;
    }

    /**
     * Takes a grant that was waited for into the manager's keeping, which ends the wait. Not so if the manager is closed, if the request
     * has been given up, or if the grant is that of a hold which has ended here already.
     *
     * @param fresh the handle to keep if the hold is new to the manager
     * @param pending the request that waited for it
     * @return the handle to hand out, the present one of this hold if there is one; null if the grant was not taken
     */
    @Nullable
    HeldLock adopt(HeldLock fresh, PendingAcquire pending) {
        HeldLock present;
        HeldLock adopted;
        lock.lock();
        try {
            if (closed || !pending.accepts(fresh.fencingToken())) {
                return null;
            }
            present = holds.get(fresh.resource());
            adopted = joinOrReplace(present, fresh);
            if (adopted != null) {
                pending.markDecided();
                forget(pending);
            }
        } finally {
            lock.unlock();
        }
        endIfFollowed(present, adopted);
        return adopted;
    }

    /** The handle of a granted hold: the present one if it is of the same hold and lasts, otherwise a fresh one, unless the grant is outdated. */
    private @Nullable HeldLock joinOrReplace(@Nullable HeldLock present, HeldLock fresh) {
        HeldLock adopted = fresh;
        if (present == null || present.fencingToken() < fresh.fencingToken() || isLeft(present, fresh)) {
            holds.put(fresh);
        } else if (present.fencingToken() == fresh.fencingToken() && present.join(fresh)) {
            adopted = present;
        } else {
            return null;
        }
        place(adopted, adopted.nextDue());
        return adopted;
    }

    /** Whether a handle of the same hold, not yet forgotten, has given up no more than its own claim to it. */
    private static boolean isLeft(HeldLock present, HeldLock fresh) {
        return present.fencingToken() == fresh.fencingToken() && present.isLeft();
    }

    /** A newer hold proves that an older one of the same resource has ended in the backend. */
    private static void endIfFollowed(@Nullable HeldLock present, @Nullable HeldLock adopted) {
        if (present != null && adopted != null && present.fencingToken() < adopted.fencingToken()) {
            present.loseForGood("was followed by a newer hold");
        }
    }

    @Nullable
    HeldLock find(String resource) {
        lock.lock();
        try {
            return holds.get(resource);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets a hold that has ended here, and lets those go on that waited for its release.
     *
     * @param forGood whether it has ended in the backend too, so that no later grant with its token is to be believed
     */
    void remove(HeldLock hold, boolean forGood) {
        List<Runnable> followers;
        lock.lock();
        try {
            hold.finish();
            forget(hold, forGood);
            followers = afterRelease.isEmpty() ? null : afterRelease.remove(hold);
        } finally {
            lock.unlock();
        }
        if (followers != null) {
            followers.forEach(Runnable::run);
        }
    }

    /** Ends a hold that has ended in the backend, and forgets it. Gives the handle's state before. */
    @Nullable
    Object lose(HeldLock hold) {
        lock.lock();
        try {
            Object before = hold.markLost();
            if (!hold.isBeingReleased()) {
                forget(hold, true);
            }
            return before;
        } finally {
            lock.unlock();
        }
    }

    private void forget(HeldLock hold, boolean forGood) {
        holds.remove(hold);
        withdrawals.forget(hold);
        displace(hold);
        if (forGood) {
            ENDINGS.setRelease(this, endings + 1);
            for (PendingAcquire pending : waiting.of(hold.resource())) {
                pending.noteEnding(hold.fencingToken());
            }
        }
    }

    /** A release can't be confirmed as yet: notes until when the hold may last if it doesn't reach the backend. */
    void releaseOutstanding(HeldLock hold, long now) {
        lock.lock();
        try {
            // A renewal may have gone out just before, but the hold can't last longer than a full lease from now.
            hold.prolong(now + withdrawals.longestLease(hold) * Services.NANOS_PER_MILLI);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a hold whose release could not be confirmed, if nothing can be left of it; false if something can. */
    boolean giveUp(HeldLock hold, long now) {
        lock.lock();
        try {
            if (!hold.isLeaseOver(now) || mayLengthenLease(hold.resource(), hold.client(), now)) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        remove(hold, true);
        return true;
    }

    /** Ends a withdrawal that could not be confirmed, if nothing can be left of its request; false if something can. */
    boolean giveUp(Withdrawal withdrawal, long now) {
        lock.lock();
        try {
            AcquireRequest request = withdrawal.request();
            HeldLock hold = holds.get(request.resource());
            boolean held = hold != null && hold.client().equals(request.client());
            if (closed || held || mayLengthenLease(request.resource(), request.client(), now)) {
                return false;
            }
            end(withdrawal);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a request of a client may yet lengthen the lease of the client's hold, or may have done so unnoticed. */
    private boolean mayLengthenLease(String resource, String client, long now) {
        return isCallUnderWay()
                || waiting.isAnyOf(resource, client)
                || withdrawals.mayLengthenLease(resource, client, now);
    }

    /** Ends a withdrawal that has been answered. Nothing comes of its request any more, but much may have come of it before. */
    void confirmed(Withdrawal withdrawal, long now) {
        lock.lock();
        try {
            end(withdrawal);
            AcquireRequest request = withdrawal.request();
            withdrawals.noteLease(request, holds.get(request.resource()), now);
        } finally {
            lock.unlock();
        }
    }

    private void end(Withdrawal withdrawal) {
        withdrawals.end(withdrawal);
        displace(withdrawal);
    }

    /** The longest lease, in milliseconds, that a hold may have in the backend. */
    long longestLease(HeldLock hold) {
        lock.lock();
        try {
            return withdrawals.longestLease(hold);
        } finally {
            lock.unlock();
        }
    }

    /** Has something done once a resource is not being released any more, which may be at once. */
    void afterRelease(String resource, Runnable action) {
        lock.lock();
        try {
            HeldLock hold = holds.get(resource);
            if (!closed && hold != null && hold.isBeingReleased()) {
                afterRelease.computeIfAbsent(hold, ending -> new ArrayList<>()).add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        action.run();
    }

    /** Has a task run at a moment, instead of any other that it was scheduled for; does nothing for one that is over. */
    boolean schedule(Task task, long moment) {
        lock.lock();
        try {
            if (closed || task.isOver()) {
                return false;
            }
            place(task, moment);
            if (task instanceof Withdrawal withdrawal) {
                withdrawals.add(withdrawal);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void cancel(Task task) {
        lock.lock();
        try {
            displace(task);
        } finally {
            lock.unlock();
        }
    }

    /** Has a hold renewed from now on. */
    void beginRenewal(HeldLock hold) {
        lock.lock();
        try {
            hold.turnOnRenewal();
            if (!closed && hold.isActive()) {
                place(hold, hold.nextDue());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Notes a renewal that has succeeded; gives the moment to look at the hold again. */
    long renewed(HeldLock hold, long validUntil, long now) {
        lock.lock();
        try {
            hold.prolong(validUntil);
            long due = hold.nextDueAfter(now);
            if (!closed && hold.isActive()) {
                place(hold, due);
            }
            return due;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps a request that waits.
     *
     * @param moment when its time is over
     * @param endingsBefore {@link #endings} before it was sent
     * @return false if the manager is closed
     */
    boolean keep(PendingAcquire pending, long moment, long endingsBefore) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            if (endings == endingsBefore) {
                pending.trustAnswers();
            }
            waiting.add(pending);
            place(pending, moment);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** From now on answers are to be trusted, since the request is known here when it is sent again; false if it waits no longer. */
    boolean renewTrust(PendingAcquire pending) {
        lock.lock();
        try {
            pending.trustAnswers();
            return !pending.isOver();
        } finally {
            lock.unlock();
        }
    }

    /** Ends a wait by an answer; false if it has ended before. */
    boolean decide(PendingAcquire pending) {
        return endWait(pending, false);
    }

    /** Ends a wait without an answer, so that whatever comes of the request must be taken back; false if it has ended before. */
    boolean giveUp(PendingAcquire pending) {
        return endWait(pending, true);
    }

    private boolean endWait(PendingAcquire pending, boolean givenUp) {
        lock.lock();
        try {
            if (pending.isOver()) {
                return false;
            }
            if (givenUp) {
                pending.markGivenUp();
            } else {
                pending.markDecided();
            }
            forget(pending);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void forget(PendingAcquire pending) {
        displace(pending);
        waiting.remove(pending);
    }

    /** Takes one request's share off a handle; true if no other request was given it. */
    boolean leave(HeldLock hold) {
        lock.lock();
        try {
            return hold.leave();
        } finally {
            lock.unlock();
        }
    }

    /** What is due. Takes the lock only if anything may be. */
    List<Task> takeDue(long now) {
        if (tasks.delayUntilDue(now) > 0) {
            return List.of();
        }
        lock.lock();
        try {
            List<Task> due = tasks.takeDue(now);
            due.forEach(Task::unscheduled);
            return due;
        } finally {
            lock.unlock();
        }
    }

    /** When to look again, or {@link DueWheel#NEVER}: a delay in nanoseconds, not too long. */
    long delayUntilDue(long now) {
        return tasks.delayUntilDue(now);
    }

    /** Announces a call that may end in something to keep: {@link #close} waits for its {@link #leaveCall}. */
    void enterCall() {
        CALLS.getAndAdd(this, 1);
    }

    void leaveCall() {
        CALLS.getAndAdd(this, -1);
    }

    boolean isCallUnderWay() {
        return calls != 0;
    }

    /** Takes nothing any more; gives back the holds and all that is still to be done. */
    List<Task> close() {
        lock.lock();
        try {
            closed = true;
            List<Task> open = new ArrayList<>();
            // The waiting ones first, so that none of them is granted what is released next.
            open.addAll(waiting.all());
            open.addAll(holds.entries());
            // Those of its own, since one that is about to run isn't scheduled.
            open.addAll(withdrawals.all());
            tasks.forEach(task -> {
                if (task instanceof AnswerDeadline) {
                    open.add(task);
                }
            });
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** How much is remembered: holds and what is known of them, tasks of other kinds, and followers of a release. */
    int size() {
        lock.lock();
        try {
            int[] size = {holds.size() + afterRelease.size() + withdrawals.size()};
            tasks.forEach(task -> size[0] += task instanceof HeldLock || task instanceof Withdrawal ? 0 : 1);
            return size[0];
        } finally {
            lock.unlock();
        }
    }

    private void place(Task task, long moment) {
        displace(task);
        task.scheduledFor(moment);
        tasks.add(task);
    }

    private void displace(Task task) {
        if (task.isScheduled()) {
            tasks.remove(task);
            task.unscheduled();
        }
    }
}
