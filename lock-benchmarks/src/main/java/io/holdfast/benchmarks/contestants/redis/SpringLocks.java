package io.holdfast.benchmarks.contestants.redis;

import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.contestants.Setup;
import java.net.URI;
import java.util.concurrent.locks.Lock;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.integration.redis.util.RedisLockRegistry;
import org.springframework.integration.redis.util.RedisLockRegistry.RedisLockType;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Spring Integration's {@link RedisLockRegistry} on Lettuce. Threads of one JVM wait for each other at a lock in its
 * memory, and only one of them at Redis. Names share such locks, as their hashes have it: threads that keep many holds each
 * may wait for each other's for ever. Holds are renewed only if renewal is asked for, as is its default.
 */
public final class SpringLocks implements NamedLocks<Lock> {
    /** So many names are remembered; more would be forgotten while they are held. */
    private static final int REMEMBERED = 200_000;

    private final LettuceConnectionFactory connections;
    private final RedisLockRegistry registry;
    private final ThreadPoolTaskScheduler renewal = new ThreadPoolTaskScheduler();

    /**
     * Connects.
     *
     * @param setup where to, and whether to renew
     * @param type how to wait
     */
    public SpringLocks(Setup setup, RedisLockType type) {
        URI uri = URI.create(setup.redis());
        connections = new LettuceConnectionFactory(uri.getHost(), uri.getPort());
        connections.afterPropertiesSet();
        connections.start();
        registry = new RedisLockRegistry(connections, "spring", setup.lease());
        registry.setRedisLockType(type);
        registry.setCacheCapacity(REMEMBERED);
        if (setup.renewal()) {
            renewal.setDaemon(true);
            renewal.initialize();
            registry.setRenewalTaskScheduler(renewal);
        }
    }

    @Override
    public Lock acquire(String resource, String client) throws InterruptedException {
        Lock lock = registry.obtain(resource);
        lock.lockInterruptibly();
        return lock;
    }

    @Override
    public void release(Lock hold) {
        // Throws if the hold has been lost.
        hold.unlock();
    }

    @Override
    public int mostHoardingThreads() {
        return 1;
    }

    @Override
    public void close() {
        registry.destroy();
        renewal.destroy();
        connections.destroy();
    }
}
