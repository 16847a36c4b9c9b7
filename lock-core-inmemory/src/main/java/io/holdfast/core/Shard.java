package io.holdfast.core;

import io.holdfast.core.internal.DueWheel;
import io.holdfast.core.internal.ResourceTable;
import io.holdfast.spi.Grant;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the manager knows of the resources in one part of the hash space: its own holds, and what is to be done when. One
 * lock guards it; nothing is called under it that could block or call back.
 */
final class Shard {
    private static final VarHandle CALLS;

    static {
        try {
            CALLS = MethodHandles.lookup().findVarHandle(Shard.class, "calls", int.class);
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
    /** What waits for the release of a hold to be confirmed; nearly always empty. */
    private final Map<HeldLock, List<Runnable>> afterRelease = new HashMap<>();

    private boolean closed;

    @SuppressWarnings("UnusedVariable") // Written through CALLS.
    private volatile int calls;

    Shard(long now) {
        this.tasks = new DueWheel<>(now);
    }

    /**
     * Takes a grant into the manager's keeping, unless the manager is closed, the request has been given up, or this very
     * hold is being released.
     *
     * @param fresh the handle to keep if the hold is new to the manager
     * @param grant the grant
     * @param waiting the request that waited for it; null if it was granted at once
     * @return the handle to hand out, the present one of this hold if there is one; null if the grant was not taken
     */
    @Nullable
    HeldLock adopt(HeldLock fresh, Grant grant, @Nullable PendingAcquire waiting) {
        HeldLock adopted;
        HeldLock replaced = null;
        lock.lock();
        try {
            if (closed || (waiting != null && !waiting.isWaiting())) {
                return null;
            }
            HeldLock present = holds.get(fresh.resource());
            if (present == null || present.fencingToken() != fresh.fencingToken()) {
                replaced = holds.put(fresh);
                adopted = fresh;
            } else if (present.isActive() && present.isLeaseOver()) {
                // Only its loss hasn't been noted yet. What was over for the old handle begins again for a new one.
                replaced = holds.put(fresh);
                adopted = fresh;
            } else if (present.isActive()) {
                present.join(fresh, grant);
                adopted = present;
            } else {
                return null;
            }
            place(adopted, adopted.nextDue());
            if (waiting != null) {
                waiting.settle();
                displace(waiting);
            }
        } finally {
            lock.unlock();
        }
        if (replaced != null) {
            replaced.lose("has been followed by a newer hold");
        }
        return adopted;
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

    /** Forgets a hold that has ended, and lets those go on that waited for its release. */
    void remove(HeldLock hold) {
        List<Runnable> followers;
        lock.lock();
        try {
            holds.remove(hold);
            displace(hold);
            followers = afterRelease.isEmpty() ? null : afterRelease.remove(hold);
        } finally {
            lock.unlock();
        }
        if (followers != null) {
            followers.forEach(Runnable::run);
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

    /** Notes a renewal that has succeeded. */
    void renewed(HeldLock hold, long validUntil) {
        lock.lock();
        try {
            if (!closed && hold.isActive()) {
                hold.prolong(validUntil);
                place(hold, hold.nextDue());
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isWaiting(PendingAcquire waiting) {
        lock.lock();
        try {
            return waiting.isWaiting();
        } finally {
            lock.unlock();
        }
    }

    /** Ends a wait; false if it has ended before. */
    boolean settle(PendingAcquire waiting) {
        lock.lock();
        try {
            if (!waiting.isWaiting()) {
                return false;
            }
            waiting.settle();
            displace(waiting);
            return true;
        } finally {
            lock.unlock();
        }
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

    List<Task> takeDue(long now) {
        lock.lock();
        try {
            List<Task> due = tasks.takeDue(now);
            due.forEach(Task::unscheduled);
            return due;
        } finally {
            lock.unlock();
        }
    }

    OptionalLong nextDue() {
        lock.lock();
        try {
            return tasks.nextDue();
        } finally {
            lock.unlock();
        }
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
            List<Task> open = new ArrayList<>(holds.entries());
            tasks.forEach(task -> {
                if (!(task instanceof HeldLock)) {
                    open.add(task);
                }
            });
            return open;
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
