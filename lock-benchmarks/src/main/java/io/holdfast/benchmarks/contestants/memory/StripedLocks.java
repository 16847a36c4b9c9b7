package io.holdfast.benchmarks.contestants.memory;

import com.google.common.util.concurrent.Striped;
import io.holdfast.benchmarks.contestants.NamedLocks;
import java.util.concurrent.locks.Lock;

/**
 * Guava's {@link Striped} with 1,024 stripes. No lease, no token, unfair, and two names may share a lock: whoever holds
 * many at once may wait for himself, so that it takes no part where many locks are held.
 */
public final class StripedLocks implements NamedLocks<Lock> {
    private static final int STRIPES = 1024;

    private final Striped<Lock> stripes = Striped.lock(STRIPES);

    @Override
    public Lock acquire(String resource, String client) throws InterruptedException {
        Lock lock = stripes.get(resource);
        lock.lockInterruptibly();
        return lock;
    }

    @Override
    public void release(Lock hold) {
        hold.unlock();
    }
}
