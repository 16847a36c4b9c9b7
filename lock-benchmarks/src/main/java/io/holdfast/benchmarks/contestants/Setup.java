package io.holdfast.benchmarks.contestants;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a contestant needs to begin.
 *
 * @param redis URI of a Redis server; empty if there is none
 * @param redisCluster nodes of a Redis Cluster as {@code host:port}, with commas between them; empty if there is none
 * @param etcd endpoints of etcd as {@code host:port}, with commas between them; empty if there is none
 * @param zooKeeper a ZooKeeper server as {@code host:port}; empty if there is none
 * @param lease how long holds last without renewal
 * @param renewal whether holds must be renewed by those that can, also where it isn't their default
 */
public record Setup(String redis, String redisCluster, String etcd, String zooKeeper, Duration lease, boolean renewal) {
    private static final String PREFIX = "holdfast.bench.";

    /** A lease that never matters where something else is measured. */
    public static final Duration LONG_LEASE = Duration.ofSeconds(30);

    /** Nothing but memory. */
    public static final Setup ALONE = new Setup("", "", "", "", LONG_LEASE, false);

    /**
     * Reads what {@link #arguments} has handed to this JVM.
     *
     * @return the setup
     */
    public static Setup ofThisJvm() {
        Properties given = System.getProperties();
        return new Setup(
                given.getProperty(PREFIX + "redis", ""),
                given.getProperty(PREFIX + "redis-cluster", ""),
                given.getProperty(PREFIX + "etcd", ""),
                given.getProperty(PREFIX + "zookeeper", ""),
                LONG_LEASE,
                false);
    }

    /**
     * The servers as arguments of a JVM.
     *
     * @return one {@code -D} for each
     */
    public List<String> arguments() {
        List<String> all = new ArrayList<>();
        add(all, "redis", redis);
        add(all, "redis-cluster", redisCluster);
        add(all, "etcd", etcd);
        add(all, "zookeeper", zooKeeper);
        return all;
    }

    private static void add(List<String> all, String name, String value) {
        if (!value.isEmpty()) {
            all.add("-D" + PREFIX + name + "=" + value);
        }
    }

    /**
     * The same servers, but holds that are short and renewed.
     *
     * @param lease how long a hold lasts without renewal
     * @return another setup
     */
    public Setup renewing(Duration lease) {
        return new Setup(redis, redisCluster, etcd, zooKeeper, lease, true);
    }

    /**
     * The Redis server as if it were three.
     *
     * @return the parts of a URI for locks that are made of several, each of which has keys of its own
     */
    public String threeKeySpaces() {
        return Stream.of("a", "b", "c")
                .map(name -> name + "=" + redis + "?prefix=" + name + "/")
                .collect(Collectors.joining(";"));
    }

    /**
     * Whether the store of a family is there.
     *
     * @param family which contestants
     * @return true if they can take part
     */
    public boolean has(Family family) {
        return switch (family) {
            case MEMORY -> true;
            case REDIS -> !redis.isEmpty();
            case REDIS_CLUSTER -> !redisCluster.isEmpty();
            case ETCD -> !etcd.isEmpty();
        };
    }
}
