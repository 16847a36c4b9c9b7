package io.holdfast.benchmarks.contestants;

import java.util.Locale;

/** Contestants that can be compared, because they keep their locks in the same kind of store. */
public enum Family {
    /** Within one JVM, without a server. */
    MEMORY("In memory"),
    /** In one Redis server. */
    REDIS("Redis"),
    /** In a Redis Cluster. */
    REDIS_CLUSTER("Redis Cluster"),
    /** In etcd; ZooKeeper stands beside it. */
    ETCD("etcd");

    private final String title;

    Family(String title) {
        this.title = title;
    }

    /**
     * What a person calls it.
     *
     * @return the name in headings
     */
    public String title() {
        return title;
    }

    /**
     * The name on the command line.
     *
     * @return lower case, with hyphens
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
