package io.holdfast.testservers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Redis Cluster. Its nodes can be paused, killed and restarted one by one; the others notice after fifteen seconds, as Redis
 * is delivered, or {@linkplain #noticeSoon sooner}.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int SLOTS = 16_384;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration FAIL_OVER_LIMIT = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 3;

    private final List<RedisServer> primaries = new ArrayList<>();
    private final List<RedisServer> replicas = new ArrayList<>();

    private RedisCluster() {}

    /**
     * Starts a cluster in which each primary serves an equal share of all keys.
     *
     * @param primaries how many, at least three if one of them is to be replaced when it fails
     * @param replicasPerPrimary how many copies each has
     * @return a cluster that all nodes say is complete
     * @throws ServerStartException if there is no Redis, or if it doesn't start
     */
    public static RedisCluster start(int primaries, int replicasPerPrimary) {
        return start(primaries, replicasPerPrimary, each -> {});
    }

    /**
     * Starts a cluster with a configuration.
     *
     * @param primaries how many
     * @param replicasPerPrimary how many copies each has
     * @param configuration what to set for every node
     * @return a cluster that all nodes say is complete
     * @throws ServerStartException if there is no Redis, or if it doesn't start
     */
    public static RedisCluster start(
            int primaries, int replicasPerPrimary, Consumer<RedisServer.Builder> configuration) {
        RedisCluster cluster = new RedisCluster();
        try {
            for (int i = 0; i < primaries; i++) {
                cluster.primaries.add(node(configuration));
            }
            for (int i = 0; i < primaries * replicasPerPrimary; i++) {
                cluster.replicas.add(node(configuration));
            }
            cluster.create();
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * Has nodes notice within about a second that another one has gone: the configuration of a cluster that loses a primary, or
     * replaces one, for which all must know of the replica. A machine that stands still for as long costs such a cluster some seconds, in which it refuses commands.
     *
     * @param node the configuration of each node
     */
    public static void noticeSoon(RedisServer.Builder node) {
        node.config("cluster-node-timeout 1000");
    }

    private static RedisServer node(Consumer<RedisServer.Builder> configuration) {
        RedisServer.Builder builder =
                RedisServer.builder().config("cluster-enabled yes", "cluster-replica-validity-factor 0");
        configuration.accept(builder);
        return builder.start();
    }

    /** What redis-cli --cluster create does. */
    private void create() {
        List<RedisServer> all = nodes();
        for (int i = 0; i < all.size(); i++) {
            all.get(i).command("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
        }
        for (int i = 0; i < primaries.size(); i++) {
            primaries.get(i).command(addSlots(SLOTS * i / primaries.size(), SLOTS * (i + 1) / primaries.size()));
        }
        for (RedisServer node : all) {
            primaries.get(0).command("CLUSTER", "MEET", "127.0.0.1", String.valueOf(node.port()));
        }
        for (RedisServer node : all) {
            String known = "cluster_known_nodes:" + all.size();
            Waiting.untilTrue(
                    LIMIT, "the nodes to know each other", () -> info(node).contains(known));
        }
        for (int i = 0; i < replicas.size(); i++) {
            replicas.get(i).command("CLUSTER", "REPLICATE", idOf(primaries.get(i % primaries.size())));
        }
        awaitComplete();
    }

    private static String[] addSlots(int first, int afterLast) {
        return Stream.concat(
                        Stream.of("CLUSTER", "ADDSLOTS"),
                        IntStream.range(first, afterLast).mapToObj(String::valueOf))
                .toArray(String[]::new);
    }

    /**
     * All nodes, primaries first.
     *
     * @return those that were started, running or not
     */
    public List<RedisServer> nodes() {
        return Stream.concat(primaries.stream(), replicas.stream()).toList();
    }

    /**
     * What clients are configured with.
     *
     * @return the host and port of each node, with a colon between
     */
    public List<String> endpoints() {
        return nodes().stream().map(node -> "127.0.0.1:" + node.port()).toList();
    }

    /**
     * The node that serves a key now. Waits for a fail-over up to half a minute.
     *
     * @param key any key
     * @return a primary that isn't paused
     * @throws IllegalStateException if there is none in that time
     */
    public RedisServer primaryOf(String key) {
        return Waiting.until(
                LIMIT,
                "a primary for " + key,
                () -> awake().filter(node -> node.isPrimary() && serves(node, key))
                        .findFirst());
    }

    /**
     * The replicas of a node now.
     *
     * @param primary a node that is running
     * @return the nodes that say so of themselves
     */
    public List<RedisServer> replicasOf(RedisServer primary) {
        String port = "master_port:" + primary.port() + "\r\n";
        return awake().filter(node -> node.info("replication").contains(port)).toList();
    }

    /**
     * Lets a replica take over from its primary without a loss, and waits until it has. The cluster must be one whose nodes
     * {@linkplain #noticeSoon notice soon}.
     *
     * @param replica a running node, whose primary is running too
     */
    public void failOverTo(RedisServer replica) {
        RedisServer old = awake().filter(node -> replicasOf(node).contains(replica))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(replica + " is no replica of a running node"));
        for (int attempt = 1; !tookOver(replica, old); attempt++) {
            if (attempt > ATTEMPTS) {
                throw new IllegalStateException(replica + " doesn't take over from " + old);
            }
        }
        awaitComplete();
    }

    /** Asks once; on a busy machine, the nodes give up what takes them longer than five seconds. */
    private static boolean tookOver(RedisServer replica, RedisServer old) {
        if (!replica.isPrimary()) {
            replica.command("CLUSTER", "FAILOVER");
        }
        try {
            Waiting.untilTrue(FAIL_OVER_LIMIT, "a fail-over", () -> replica.isPrimary() && !old.isPrimary());
            return true;
        } catch (IllegalStateException givenUp) {
            return false;
        }
    }

    /**
     * Waits until each running node says that every key is served, and each running replica follows its primary.
     *
     * @throws IllegalStateException if that takes longer than half a minute
     */
    public void awaitComplete() {
        Waiting.untilTrue(LIMIT, "a complete cluster", () -> awake().allMatch(RedisCluster::isContent));
    }

    @Override
    public void close() {
        nodes().forEach(RedisServer::close);
    }

    private Stream<RedisServer> awake() {
        return nodes().stream().filter(TestServer::isAwake);
    }

    private static boolean isContent(RedisServer node) {
        return info(node).contains("cluster_state:ok") && node.isSettled();
    }

    private static String info(RedisServer node) {
        return String.valueOf(node.command("CLUSTER", "INFO"));
    }

    private static String idOf(RedisServer node) {
        return String.valueOf(node.command("CLUSTER", "MYID"));
    }

    private static boolean serves(RedisServer node, String key) {
        try {
            node.command("EXISTS", key);
            return true;
        } catch (RedisReplyException moved) {
            return false;
        }
    }
}
