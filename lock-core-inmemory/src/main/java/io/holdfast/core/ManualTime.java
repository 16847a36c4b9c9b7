package io.holdfast.core;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it: what is scheduled runs inside {@link #advance}, each task at its very moment, in order. With it, a test of leases takes no time and
 * always ends the same way.
 *
 * <p>Thread-safe: other threads may read it and schedule tasks while one thread advances it.
 */
public final class ManualTime implements Ticker, Scheduler {
    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::moment).thenComparingLong(Task::number));
    private long now;
    private long scheduled;

    /** Makes a clock that shows zero. */
    public ManualTime() {}

    @Override
    public long read() {
        lock.lock();
        try {
            return now;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
        lock.lock();
        try {
            Task added = new Task(now + Math.max(0, delayNanos), scheduled++, task);
            tasks.add(added);
            return () -> remove(added);
        } finally {
            lock.unlock();
        }
    }

    private void remove(Task task) {
        lock.lock();
        try {
            tasks.remove(task);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves time forward. Tasks that fall due run on the calling thread, and so do those that they schedule for the same stretch of time.
     *
     * @param duration how far; zero runs what is due already
     * @throws IllegalArgumentException if it is negative: monotonic time never steps back
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("duration must not be negative, but was " + duration);
        }
        long target = read() + duration.toNanos();
        for (Task task = next(target); task != null; task = next(target)) {
            task.action.run();
        }
    }

    /** Moves time to the next task that is due by then and takes it out, or to the target if there is none. */
    private @Nullable Task next(long target) {
        lock.lock();
        try {
            Task task = tasks.peek();
            if (task == null || task.moment > target) {
                now = Math.max(now, target);
                return null;
            }
            tasks.remove();
            now = Math.max(now, task.moment);
            return task;
        } finally {
            lock.unlock();
        }
    }

    private record Task(long moment, long number, Runnable action) {}
}
