package io.holdfast.benchmarks.contestants.memory;

import io.holdfast.benchmarks.contestants.NamedLocks;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A {@link ReentrantLock} per name in a concurrent map, the first thing one would write. There is no lease and no
 * token, a hold belongs to a thread, and the map only grows: entries are kept, since nobody knows when one may go.
 */
public final class ReentrantLocks implements NamedLocks<Lock> {
    private final ConcurrentMap<String, Lock> locks = new ConcurrentHashMap<>();
    private final boolean fair;

    /**
     * No locks yet.
     *
     * @param fair whether the longest waiting goes first
     */
    public ReentrantLocks(boolean fair) {
        this.fair = fair;
    }

    @Override
    public Lock acquire(String resource, String client) throws InterruptedException {
        // Asking first is what an experienced user does: computeIfAbsent may lock a bin even for an entry that exists.
        Lock lock = locks.get(resource);
        if (lock == null) {
            lock = locks.computeIfAbsent(resource, absent -> new ReentrantLock(fair));
        }
        lock.lockInterruptibly();
        return lock;
    }

    @Override
    public void release(Lock hold) {
        hold.unlock();
    }
}
