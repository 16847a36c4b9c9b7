package io.holdfast.benchmarks.contestants.memory;

import io.holdfast.benchmarks.contestants.RenewableLocks;
import java.time.Duration;
import java.util.Optional;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.inmemory.InMemoryLockProvider;

/**
 * ShedLock's in-memory provider: a lease, but no token, no renewal, and one monitor for all names. It doesn't wait;
 * here a thread that finds the lock taken yields and tries again, as a user would have to.
 */
public final class ShedLocks implements RenewableLocks<SimpleLock> {
    private static final Duration LEASE = Duration.ofMinutes(10);

    private final InMemoryLockProvider provider = new InMemoryLockProvider();

    @Override
    public SimpleLock acquire(String resource, String client) throws InterruptedException {
        while (true) {
            Optional<SimpleLock> lock =
                    provider.lock(new LockConfiguration(ClockProvider.now(), resource, LEASE, Duration.ZERO));
            if (lock.isPresent()) {
                return lock.get();
            }
            Polling.pause();
        }
    }

    @Override
    public SimpleLock renew(SimpleLock hold) {
        return hold.extend(LEASE, Duration.ZERO)
                .orElseThrow(() -> new IllegalStateException("a lock has been lost: " + hold));
    }

    @Override
    public void release(SimpleLock hold) {
        hold.unlock();
    }
}
