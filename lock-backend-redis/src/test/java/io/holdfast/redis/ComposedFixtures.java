package io.holdfast.redis;

import io.holdfast.LockOptions;
import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.RealTimeFixture;
import io.holdfast.quorum.QuorumBackend;
import io.holdfast.sharded.MovingBackend;
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

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Map<String, RedisServer> servers = new TreeMap<>();

    ComposedFixtures() {
        for (String name : new String[] {"a", "b", "c"}) {
            servers.put(name, RedisServer.start());
        }
    }

    BackendFixture sharded() {
        return new RealTimeFixture(
                () -> new ShardedBackend(ShardMap.of("a", "b", "c"), connections("a", "b", "c")), LEASE);
    }

    BackendFixture quorum() {
        return new RealTimeFixture(
                () -> QuorumBackend.builder(connections("a", "b", "c"), TestBackends.TIME, TestBackends.TIME)
                        // No member is down here, but the machine may be busy.
                        .memberTimeout(PATIENCE)
                        .longestLease(LockOptions.MAX_LEASE)
                        .firstStart(true)
                        .build(),
                // A round takes no more than a third of it.
                LEASE.multipliedBy(2));
    }

    /** Of all resources, from one server to another. */
    BackendFixture moving() {
        return new RealTimeFixture(
                () -> MovingBackend.builder(
                                ShardMap.of("a"),
                                ShardMap.of("b"),
                                connections("a", "b"),
                                TestBackends.TIME,
                                TestBackends.TIME)
                        .memberTimeout(PATIENCE)
                        .longestLease(LockOptions.MAX_LEASE)
                        .build(),
                LEASE.multipliedBy(2));
    }

    private Map<String, LockBackend> connections(String... names) {
        Map<String, LockBackend> connections = new TreeMap<>();
        for (String name : names) {
            connections.put(name, TestBackends.connect(servers.get(name).uri()));
        }
        return connections;
    }

    @Override
    public void close() {
        servers.values().forEach(RedisServer::close);
    }
}
