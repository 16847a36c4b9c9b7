package io.holdfast.benchmarks.servers;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.contestants.Setup;
import io.holdfast.testservers.EtcdServer;
import io.holdfast.testservers.RedisCluster;
import io.holdfast.testservers.RedisServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.curator.test.TestingServer;

/** All servers of a run. Those that were started for it end with it. */
public final class Servers implements AutoCloseable {
    /** What etcd does unless it is told otherwise; servers for tests are quicker to elect. */
    private static final Duration ETCD_HEARTBEAT = Duration.ofMillis(100);

    private static final String ALREADY = " (ran already)";
    private static final int ANY_PORT = -1;
    private static final int CLUSTER_NODES = 3;
    private static final Duration ETCD_ELECTION = Duration.ofSeconds(1);

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final Map<String, String> problems = new LinkedHashMap<>();
    private final Map<String, String> versions = new LinkedHashMap<>();
    private final DataPlace place;
    private Setup setup;

    private Servers(Setup running, DataPlace place) {
        setup = running;
        this.place = place;
    }

    /**
     * Has the servers that some families need, as far as they can be had.
     *
     * @param families who is to be measured
     * @param running servers that run already; the others are started
     * @param place where etcd and ZooKeeper keep their data, if they are started
     * @return the servers
     */
    public static Servers of(Set<Family> families, Setup running, DataPlace place) {
        Servers servers = new Servers(running, place);
        if (families.contains(Family.REDIS)) {
            servers.attempt("Redis", running.redis().isEmpty() ? servers::startRedis : servers::findRedis);
        }
        if (families.contains(Family.REDIS_CLUSTER)) {
            servers.attempt(
                    "Redis Cluster", running.redisCluster().isEmpty() ? servers::startCluster : servers::findCluster);
        }
        if (families.contains(Family.ETCD)) {
            servers.attempt("etcd", running.etcd().isEmpty() ? servers::startEtcd : servers::findEtcd);
            servers.attempt("ZooKeeper", servers::startZooKeeper);
        }
        return servers;
    }

    private void findRedis() {
        versions.put("Redis", new RedisGauge(URI.create(setup.redis()).getAuthority()).version() + ALREADY);
    }

    private void findCluster() {
        versions.put("Redis Cluster", new RedisGauge(setup.redisCluster()).version() + ALREADY);
    }

    private void findEtcd() {
        versions.put("etcd", new EtcdGauge(setup.etcd()).version() + ALREADY);
    }

    /** Starts something. */
    @FunctionalInterface
    private interface Start {
        void run() throws Exception;
    }

    /** A server that can't be had costs its family's figures, and nobody else's. */
    private void attempt(String name, Start start) {
        try {
            start.run();
        } catch (Exception failed) {
            problems.put(name, String.valueOf(failed.getMessage()));
        }
    }

    private void startRedis() {
        RedisServer redis = RedisServer.start();
        started.push(redis);
        versions.put("Redis", redis.version());
        setup = new Setup(
                redis.uri(), setup.redisCluster(), setup.etcd(), setup.zooKeeper(), setup.lease(), setup.renewal());
    }

    private void startCluster() {
        RedisCluster cluster = RedisCluster.start(CLUSTER_NODES, 0);
        started.push(cluster);
        String nodes = String.join(",", cluster.endpoints());
        versions.put("Redis Cluster", new RedisGauge(nodes).version());
        setup = new Setup(setup.redis(), nodes, setup.etcd(), setup.zooKeeper(), setup.lease(), setup.renewal());
    }

    private void startEtcd() {
        EtcdServer.Builder builder = EtcdServer.builder().timing(ETCD_HEARTBEAT, ETCD_ELECTION);
        EtcdServer etcd = (place == DataPlace.MEMORY ? builder.dataInMemory() : builder).start();
        started.push(etcd);
        versions.put("etcd", etcd.version());
        versions.put("etcd's data", place.toString());
        setup = new Setup(
                setup.redis(),
                setup.redisCluster(),
                URI.create(etcd.uri()).getAuthority(),
                setup.zooKeeper(),
                setup.lease(),
                setup.renewal());
    }

    private void startZooKeeper() throws Exception {
        TestingServer zooKeeper = new TestingServer(
                ANY_PORT, place.makeFolder("holdfast-zookeeper-").toFile());
        started.push(zooKeeper);
        versions.put("ZooKeeper's data", place.toString());
        setup = new Setup(
                setup.redis(),
                setup.redisCluster(),
                setup.etcd(),
                zooKeeper.getConnectString(),
                setup.lease(),
                setup.renewal());
    }

    /**
     * Where they are.
     *
     * @return what contestants need to begin
     */
    public Setup setup() {
        return setup;
    }

    /**
     * Which could not be had.
     *
     * @return why, by name
     */
    public Map<String, String> problems() {
        return problems;
    }

    /**
     * What was started or found.
     *
     * @return versions, by name
     */
    public Map<String, String> versions() {
        return versions;
    }

    /**
     * What to read of the server that a contestant uses.
     *
     * @param contestant who is measured
     * @return its gauge
     */
    public Gauge gauge(Contestant contestant) {
        return switch (contestant.family()) {
            case MEMORY -> Gauge.NONE;
            case REDIS -> new RedisGauge(URI.create(setup.redis()).getAuthority());
            case REDIS_CLUSTER -> new RedisGauge(setup.redisCluster());
            case ETCD -> contestant == Contestant.CURATOR ? Gauge.NONE : new EtcdGauge(setup.etcd());
        };
    }

    @Override
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception failed) {
                problems.put("stopping", String.valueOf(failed.getMessage()));
            }
        }
    }
}
