package io.holdfast.benchmarks.contestants.redis;

import io.holdfast.benchmarks.contestants.AsyncNamedLocks;
import io.holdfast.benchmarks.contestants.Setup;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * Redisson's locks with their defaults: renewed by a watchdog, waiting by pub/sub. A hold belongs to a thread, or to a
 * number that the caller makes up.
 */
public final class RedissonLocks implements AsyncNamedLocks<RedissonHold> {
    private final RedissonClient redisson;
    private final Kind kind;
    /** Above what any JVM numbers its threads with. */
    private final AtomicLong owners = new AtomicLong(1L << 40);

    /** Which of its locks. */
    public enum Kind {
        /** {@code getLock}. */
        PLAIN,
        /** {@code getFairLock}. */
        FAIR,
        /** {@code getFencedLock}. */
        FENCED,
        /** {@code getSpinLock}: polls. */
        SPIN
    }

    private RedissonLocks(Config config, Setup setup, Kind kind) {
        config.setLockWatchdogTimeout(setup.lease().toMillis());
        this.redisson = Redisson.create(config);
        this.kind = kind;
    }

    /**
     * On one server.
     *
     * @param setup where it is
     * @param kind which locks
     * @return the locks
     */
    public static RedissonLocks single(Setup setup, Kind kind) {
        Config config = new Config();
        config.useSingleServer().setAddress(setup.redis());
        return new RedissonLocks(config, setup, kind);
    }

    /**
     * On a cluster.
     *
     * @param setup where it is
     * @return the locks
     */
    public static RedissonLocks cluster(Setup setup) {
        Config config = new Config();
        for (String node : setup.redisCluster().split(",", -1)) {
            config.useClusterServers().addNodeAddress("redis://" + node);
        }
        return new RedissonLocks(config, setup, Kind.PLAIN);
    }

    private RLock lock(String resource) {
        return switch (kind) {
            case PLAIN -> redisson.getLock(resource);
            case FAIR -> redisson.getFairLock(resource);
            case FENCED -> redisson.getFencedLock(resource);
            case SPIN -> redisson.getSpinLock(resource);
        };
    }

    @Override
    public RedissonHold acquire(String resource, String client) throws InterruptedException {
        RLock lock = lock(resource);
        lock.lockInterruptibly();
        return new RedissonHold(lock, Thread.currentThread().getId());
    }

    @Override
    public void release(RedissonHold hold) {
        hold.lock().unlock();
    }

    @Override
    public CompletionStage<RedissonHold> acquireAsync(String resource, String client) {
        RLock lock = lock(resource);
        long owner = owners.incrementAndGet();
        return lock.lockAsync(owner).thenApply(granted -> new RedissonHold(lock, owner));
    }

    @Override
    public CompletionStage<?> releaseAsync(RedissonHold hold) {
        return hold.lock().unlockAsync(hold.owner());
    }

    @Override
    public void requireHeld(RedissonHold hold) {
        if (!hold.lock().isHeldByThread(hold.owner())) {
            throw new IllegalStateException(hold.lock().getName() + " isn't held any more");
        }
    }

    @Override
    public void close() {
        redisson.shutdown();
    }
}
