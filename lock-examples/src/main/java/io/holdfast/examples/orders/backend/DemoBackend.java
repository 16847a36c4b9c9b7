package io.holdfast.examples.orders.backend;

import io.holdfast.DistributedLock;
import io.holdfast.Locks;
import io.holdfast.quorum.QuorumLocks;
import io.holdfast.sharded.ShardedLocks;
import io.holdfast.testservers.EtcdServer;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TestServer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Locks, what the user is told of where they are kept, and the servers under them if they are the demo's own. Closing ends
 * all of it.
 */
public final class DemoBackend implements AutoCloseable {
    /** How long a quorum's member has no vote after a restart; no lease is longer. */
    private static final Duration LONGEST_LEASE = Duration.ofMinutes(1);

    private final DistributedLock locks;
    private final String description;
    private final Incident incident;
    private final Runnable endServers;

    private DemoBackend(DistributedLock locks, String description, Incident incident, Runnable endServers) {
        this.locks = locks;
        this.description = description;
        this.incident = incident;
        this.endServers = endServers;
    }

    /**
     * Opens what an option names.
     *
     * @param name {@code memory}; {@code redis}, {@code etcd}, {@code sharded} or {@code quorum}, which start servers; or the
     *     URI of a store
     * @return the locks, to be closed by the caller
     * @throws IllegalArgumentException if the name is none of these, or the URI makes no sense
     * @throws io.holdfast.LockBackendException if the store is out of reach
     * @throws io.holdfast.testservers.ServerStartException if a server can't be found or started
     */
    public static DemoBackend open(String name) {
        return switch (name) {
            case "memory" -> open("memory:");
            case "redis" -> started("Redis", RedisServer::start, RedisServer::uri);
            case "etcd" -> started("etcd", EtcdServer::start, server -> "etcd://127.0.0.1:" + server.port());
            case "sharded" -> sharded();
            case "quorum" -> quorum();
            default -> named(name);
        };
    }

    private static DemoBackend named(String uri) {
        if (uri.indexOf(':') < 0) {
            throw new IllegalArgumentException("must be memory, redis, etcd, sharded, quorum or a URI");
        }
        DistributedLock locks = Locks.open(uri);
        // No more than the scheme: the rest may hold a password.
        return new DemoBackend(locks, uri.substring(0, uri.indexOf(':')), Incident.NONE, () -> {});
    }

    private static <S extends TestServer> DemoBackend started(
            String product, Supplier<S> start, Function<S, String> uri) {
        S server = start.get();
        try {
            String description = product + " " + server.version() + ", started for this";
            return new DemoBackend(Locks.open(uri.apply(server)), description, Incident.NONE, server::close);
        } catch (RuntimeException unusable) {
            server.close();
            throw unusable;
        }
    }

    /** Three servers, each of which has a third of the locks. */
    private static DemoBackend sharded() {
        ThreeServers servers = ThreeServers.start();
        try {
            ShardedLocks.Builder locks = ShardedLocks.builder();
            servers.byName().forEach((name, server) -> locks.shard(name, server.uri()));
            String description = "sharded over three " + servers.version() + ", started for this";
            return new DemoBackend(locks.open(), description, Incident.NONE, servers::close);
        } catch (RuntimeException unusable) {
            servers.close();
            throw unusable;
        }
    }

    /** Three servers, of which each has all locks and any two decide. One of them is lost on the way. */
    private static DemoBackend quorum() {
        ThreeServers servers = ThreeServers.start();
        try {
            QuorumLocks.Builder locks =
                    QuorumLocks.builder().longestLease(LONGEST_LEASE).firstStart(true);
            servers.byName().forEach((name, server) -> locks.member(name, server.uri()));
            // The first one is where requests queue: its loss is the worst.
            Map.Entry<String, RedisServer> first =
                    servers.byName().entrySet().iterator().next();
            Incident loss = new LossOfOne(first.getKey(), first.getValue(), LONGEST_LEASE);
            String description = "the majority of three " + servers.version() + ", started for this";
            return new DemoBackend(locks.open(), description, loss, servers::close);
        } catch (RuntimeException unusable) {
            servers.close();
            throw unusable;
        }
    }

    /**
     * The locks.
     *
     * @return the same object at every call
     */
    public DistributedLock locks() {
        return locks;
    }

    /**
     * Where the locks are kept, in a few words without secrets.
     *
     * @return such as {@code memory}, or {@code Redis 7.0.15, started for this}
     */
    public String description() {
        return description;
    }

    /**
     * What is done to the servers while the job runs.
     *
     * @return the same object at every call
     */
    public Incident incident() {
        return incident;
    }

    @Override
    public void close() {
        try {
            locks.close();
        } finally {
            endServers.run();
        }
    }
}
