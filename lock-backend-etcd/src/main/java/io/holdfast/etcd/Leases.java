package io.holdfast.etcd;

import io.holdfast.core.internal.Alarm;
import io.holdfast.core.internal.DueWheel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases of this process. To make one costs a Raft proposal, so those that are no longer needed are kept for the next ticket,
 * as long as one comes soon; those of waiting tickets are kept alive; those of holds are left to whoever renews the hold.
 *
 * <p>A lease that might still be named by a transaction on its way to etcd never serves again: it is revoked, and what comes late fails.
 *
 * <p>Thread-safe.
 */
final class Leases {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    /** How many lengths of its own a lease may be idle. */
    private static final int IDLE_LENGTHS = 2;
    /**
     * An idle lease is renewed when a third of it is over. Less than a third is left only if etcd hasn't answered since, and a ticket on it
     * would soon lose its place if that lasted.
     */
    private static final int LEAST_REST = 3;

    private final Store store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, ArrayDeque<Lease>> idle = new HashMap<>();
    private final Set<Lease> waiting = new HashSet<>();
    private final DueWheel<Lease> wheel;
    private final Alarm alarm;

    Leases(Store store) {
        this.store = store;
        this.wheel = new DueWheel<>(store.now());
        this.alarm = new Alarm(store::now, store.scheduler(), this::ring);
    }

    /** A lease that serves nothing else: one that is idle, or a new one. */
    CompletableFuture<Lease> take(long seconds, long deadline) {
        Lease known = takeIdle(seconds);
        return known != null ? CompletableFuture.completedFuture(known) : grant(seconds, deadline);
    }

    private @Nullable Lease takeIdle(long seconds) {
        lock.lock();
        try {
            ArrayDeque<Lease> stack = idle.get(seconds);
            if (stack == null) {
                return null;
            }
            for (Lease lease = stack.pollLast(); lease != null; lease = stack.pollLast()) {
                wheel.remove(lease);
                lease.use = Lease.Use.NONE;
                if (lease.validUntil() - store.now() > lease.nanos() / LEAST_REST) {
                    return lease;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** A new lease, which is at full length. */
    CompletableFuture<Lease> grant(long seconds, long deadline) {
        // An id of our own, so that a grant whose answer was lost can be found again.
        long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        return store.repeat("the grant of a lease", deadline, timeout -> {
                    long sentAt = store.now();
                    return store.wire()
                            .grant(id, Lease.length(seconds), timeout)
                            // The nodes have agreed on it, so that no later leader ends it earlier.
                            .thenApply(granted -> new Lease(
                                    granted.getID(),
                                    seconds,
                                    true,
                                    new Wire.Beat(sentAt, granted.getTTL(), Long.MAX_VALUE)))
                            .exceptionallyCompose(failure -> Failures.isLeaseThere(failure)
                                    ? adopt(id, seconds)
                                    : CompletableFuture.failedFuture(failure));
                })
                .whenComplete((lease, failure) -> {
                    if (failure != null) {
                        discard(new Lease(id, seconds, true, new Wire.Beat(store.now(), seconds, 0)));
                    }
                });
    }

    private CompletableFuture<Lease> adopt(long id, long seconds) {
        return store.wire().keepAlive(id, true).thenApply(beat -> new Lease(id, seconds, true, beat));
    }

    /** Gives up a lease whose ticket has gone without this process's doing: another's may serve another ticket by now. */
    void abandon(Lease lease) {
        if (lease.isOwn()) {
            discard(lease);
        } else {
            forget(lease);
        }
    }

    /** Takes back a lease whose ticket this process has just deleted; keeps it for another. */
    void giveBack(Lease lease) {
        lease.use();
        lease.carry(false);
        if (!lease.isOwn() || lease.isDoubtful() || store.isClosed()) {
            discard(lease);
            return;
        }
        lock.lock();
        try {
            stop(lease);
            lease.idleSince = store.now();
            lease.use = Lease.Use.IDLE;
            idle.computeIfAbsent(lease.wanted(), seconds -> new ArrayDeque<>()).add(lease);
            schedule(lease, lease.validUntil() - lease.nanos() * 2 / 3);
        } finally {
            lock.unlock();
        }
    }

    /** Ends a lease in etcd, in the background; it ends by itself if that fails. */
    void discard(Lease lease) {
        forget(lease);
        CompletableFuture<?> unused = revoke(lease);
    }

    /** Ends a lease in etcd, with whatever hangs on it. */
    CompletableFuture<Void> revoke(Lease lease) {
        return store.repeat(
                "the revocation of a lease",
                store.deadline(),
                timeout -> store.wire().revoke(lease.id(), timeout));
    }

    /** Does nothing more about a lease. */
    void forget(Lease lease) {
        lock.lock();
        try {
            stop(lease);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps a lease alive.
     *
     * @param whenOver called when etcd says that there is no such lease
     */
    void keepAlive(Lease lease, Runnable whenOver) {
        use(lease, Lease.Use.WAITING, whenOver, lease.validUntil() - lease.nanos() * 2 / 3);
    }

    /**
     * Leaves a lease to those who renew its hold.
     *
     * @param whenOver called when nobody has done so for its whole length
     */
    void leaveToHolder(Lease lease, Runnable whenOver) {
        use(lease, Lease.Use.HOLDING, whenOver, lease.validUntil() + lease.nanos() / 2);
    }

    private void use(Lease lease, Lease.Use use, Runnable whenOver, long due) {
        lock.lock();
        try {
            stop(lease);
            lease.use = use;
            lease.whenOver = whenOver;
            if (use == Lease.Use.WAITING) {
                waiting.add(lease);
            }
            schedule(lease, due);
        } finally {
            lock.unlock();
        }
    }

    /** Called under the lock, as are the next ones. */
    private void stop(Lease lease) {
        if (lease.use == Lease.Use.NONE) {
            return;
        }
        if (lease.use == Lease.Use.IDLE) {
            ArrayDeque<Lease> stack = idle.get(lease.wanted());
            if (stack != null) {
                stack.remove(lease);
            }
        }
        waiting.remove(lease);
        wheel.remove(lease);
        lease.use = Lease.Use.NONE;
    }

    private void schedule(Lease lease, long due) {
        lease.dueAt = due;
        wheel.add(lease);
        alarm.ringBy(due);
    }

    private void ring() {
        List<Runnable> work = new ArrayList<>();
        lock.lock();
        try {
            long now = store.now();
            for (Lease lease : wheel.takeDue(now)) {
                work.add(due(lease, now));
            }
            OptionalLong next = wheel.nextDue();
            if (next.isPresent()) {
                alarm.ringBy(next.getAsLong());
            }
        } finally {
            lock.unlock();
        }
        work.forEach(Runnable::run);
    }

    /** What is to be done about a lease that has just left the wheel. */
    private Runnable due(Lease lease, long now) {
        if (lease.use == Lease.Use.HOLDING) {
            long over = lease.validUntil() + lease.nanos() / 2;
            if (over - now > 0) {
                schedule(lease, over);
                return () -> {};
            }
            lease.use = Lease.Use.NONE;
            return lease.whenOver;
        }
        if (lease.use == Lease.Use.IDLE && now - lease.idleSince > IDLE_LENGTHS * lease.nanos()) {
            // Back in, for stop to take it out.
            schedule(lease, now + lease.nanos());
            stop(lease);
            return () -> discard(lease);
        }
        // Should no answer come, this is the next try.
        schedule(lease, now + lease.nanos() / 6);
        return () -> beat(lease);
    }

    private void beat(Lease lease) {
        CompletableFuture<?> unused = store.wire().keepAlive(lease.id(), false).whenComplete((beat, failure) -> {
            if (failure != null) {
                LOG.debug("{} could not be kept alive yet", lease, failure);
            } else if (beat.seconds() == 0) {
                over(lease);
            } else {
                lease.renewed(beat);
                reschedule(lease);
            }
        });
    }

    private void reschedule(Lease lease) {
        lock.lock();
        try {
            if (lease.use == Lease.Use.IDLE || lease.use == Lease.Use.WAITING) {
                wheel.remove(lease);
                schedule(lease, lease.validUntil() - lease.nanos() * 2 / 3);
            }
        } finally {
            lock.unlock();
        }
    }

    private void over(Lease lease) {
        Runnable tell = () -> {};
        lock.lock();
        try {
            if (lease.use == Lease.Use.WAITING) {
                tell = lease.whenOver;
            }
            if (lease.use != Lease.Use.HOLDING) {
                stop(lease);
            }
        } finally {
            lock.unlock();
        }
        tell.run();
    }

    /** How many leases this process keeps alive by itself. */
    int size() {
        lock.lock();
        try {
            return waiting.size()
                    + idle.values().stream().mapToInt(ArrayDeque::size).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Ends all leases of its own but those of holds, and waits a little for it. */
    void close(long patienceNanos) {
        List<Lease> ended = new ArrayList<>();
        lock.lock();
        try {
            // Another process's has a ticket that this one only shares, and on one that a ticket was moved to another
            // may hold.
            waiting.stream().filter(lease -> lease.isOwn() && !lease.carries()).forEach(ended::add);
            idle.values().forEach(ended::addAll);
            List.copyOf(waiting).forEach(this::stop);
            ended.forEach(this::stop);
        } finally {
            lock.unlock();
        }
        alarm.close();
        CompletableFuture<?>[] revoked = ended.stream()
                .map(lease -> store.wire().revoke(lease.id(), patienceNanos))
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(revoked).get(patienceNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException failed) {
            LOG.debug("not all leases could be revoked; they run out by themselves", failed);
        }
    }
}
