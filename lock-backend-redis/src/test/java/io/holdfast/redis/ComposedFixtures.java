package io.holdfast.redis;

import io.holdfast.LockOptions;
import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.RealTimeFixture;
import io.holdfast.quorum.QuorumBackend;
import io.holdfast.sharded.ShardMap;
import io.holdfast.sharded.ShardedBackend;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Three servers, and backends that are made of all of them. Every test uses names of its own. */
final class ComposedFixtures implements AutoCloseable {
    /** Long, since many tests run at the same time and mostly wait. */
    private static final Duration LEASE = Duration.ofMillis(800);

    private final Map<String, RedisServer> servers = new TreeMap<>();

    ComposedFixtures() {
        for (String name : new String[] {"a", "b", "c"}) {
            servers.put(name, RedisServer.start());
        }
    }

    BackendFixture sharded() {
        return new RealTimeFixture(() -> new ShardedBackend(ShardMap.of("a", "b", "c"), connections()), LEASE);
    }

    BackendFixture quorum() {
        return new RealTimeFixture(
                () -> QuorumBackend.builder(connections(), TestBackends.TIME, TestBackends.TIME)
                        // No member is down here, but the machine may be busy.
                        .memberTimeout(Duration.ofSeconds(2))
                        .attemptTimeout(Duration.ofSeconds(2))
                        .longestLease(LockOptions.MAX_LEASE)
                        .firstStart(true)
                        .build(),
                // A round takes no more than a third of it.
                LEASE.multipliedBy(2));
    }

    private Map<String, LockBackend> connections() {
        Map<String, LockBackend> connections = new TreeMap<>();
        servers.forEach((name, server) -> connections.put(name, TestBackends.connect(server.uri())));
        return connections;
    }

    @Override
    public void close() {
        servers.values().forEach(RedisServer::close);
    }
}
