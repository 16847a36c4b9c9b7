package io.holdfast.redis;

import io.holdfast.testservers.RedisCluster;
import io.holdfast.testservers.RedisSentinels;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;

/** The ways in which servers are set up, each of which is to keep the whole contract. */
enum SetUp {
    ONE_SERVER {
        @Override
        Servers start() {
            RedisServer server = RedisServer.start();
            return new Servers(server.uri(), server::close);
        }
    },
    CLUSTER {
        @Override
        Servers start() {
            RedisCluster cluster = RedisCluster.start(3, 0);
            return new Servers(TestBackends.uri(cluster), cluster::close);
        }
    },
    SENTINELS {
        @Override
        Servers start() {
            RedisSentinels sentinels = RedisSentinels.start(2, 3, NO_FAIL_OVER, each -> {});
            return new Servers(TestBackends.uri(sentinels), sentinels::close);
        }
    };

    /** Longer than a busy machine is silent. */
    private static final Duration NO_FAIL_OVER = Duration.ofSeconds(10);

    abstract Servers start();

    /**
     * Servers that run.
     *
     * @param uri what leads to them
     * @param end ends them
     */
    record Servers(String uri, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }
}
