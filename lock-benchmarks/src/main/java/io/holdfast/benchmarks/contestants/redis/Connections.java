package io.holdfast.benchmarks.contestants.redis;

import io.holdfast.benchmarks.contestants.Setup;
import java.net.URI;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.RedisClient;

/** Jedis as one would set it up for many threads. */
final class Connections {
    /** No thread of a benchmark has to wait for a connection. */
    private static final int MOST = 128;

    private Connections() {}

    static RedisClient pool(Setup setup) {
        ConnectionPoolConfig config = new ConnectionPoolConfig();
        config.setMaxTotal(MOST);
        config.setMaxIdle(MOST);
        config.setJmxEnabled(false);
        URI uri = URI.create(setup.redis());
        return RedisClient.builder()
                .hostAndPort(uri.getHost(), uri.getPort())
                .poolConfig(config)
                .build();
    }
}
