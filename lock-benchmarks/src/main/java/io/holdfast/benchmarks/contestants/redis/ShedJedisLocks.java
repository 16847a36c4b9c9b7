package io.holdfast.benchmarks.contestants.redis;

import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.contestants.Setup;
import java.time.Duration;
import java.util.Optional;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.redis.jedis4.JedisLockProvider;
import redis.clients.jedis.RedisClient;

/**
 * ShedLock's provider for Jedis: a lease, but no token, no renewal and no waiting; a release deletes the key, whosever
 * it is. Here a thread that finds the lock taken sleeps ten milliseconds and tries again, as a user would have to.
 */
public final class ShedJedisLocks implements NamedLocks<SimpleLock> {
    private static final int PAUSE_MILLIS = 10;

    private final RedisClient redis;
    private final JedisLockProvider provider;
    private final Duration lease;

    /**
     * Connects.
     *
     * @param setup where to
     */
    public ShedJedisLocks(Setup setup) {
        redis = Connections.pool(setup);
        provider = new JedisLockProvider(redis, "bench");
        lease = setup.lease();
    }

    @Override
    public SimpleLock acquire(String resource, String client) throws InterruptedException {
        while (true) {
            Optional<SimpleLock> lock =
                    provider.lock(new LockConfiguration(ClockProvider.now(), resource, lease, Duration.ZERO));
            if (lock.isPresent()) {
                return lock.get();
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    @Override
    public void release(SimpleLock hold) {
        hold.unlock();
    }

    @Override
    public void close() {
        redis.close();
    }
}
