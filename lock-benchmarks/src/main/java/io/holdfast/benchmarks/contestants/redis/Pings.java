package io.holdfast.benchmarks.contestants.redis;

import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.contestants.Setup;
import redis.clients.jedis.RedisClient;

/** Two round trips that do nothing: no lock of two requests can be faster on the same connection. It excludes nobody. */
public final class Pings implements NamedLocks<String> {
    private final RedisClient redis;

    /**
     * Connects.
     *
     * @param setup where to
     */
    public Pings(Setup setup) {
        redis = Connections.pool(setup);
    }

    @Override
    public String acquire(String resource, String client) {
        return redis.ping();
    }

    @Override
    public void release(String hold) {
        redis.ping();
    }

    @Override
    public void close() {
        redis.close();
    }
}
