package io.holdfast.testservers;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Several etcd nodes that agree on one state. Its nodes can be paused, killed and restarted one by one. */
public final class EtcdCluster implements AutoCloseable {
    private final List<EtcdServer> nodes;

    private EtcdCluster(List<EtcdServer> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /**
     * Starts a cluster.
     *
     * @param nodes how many
     * @return a cluster whose nodes all answer
     * @throws ServerStartException if there is no etcd, or if it doesn't start
     */
    public static EtcdCluster start(int nodes) {
        return start(nodes, each -> {});
    }

    /**
     * Starts a cluster with a configuration.
     *
     * @param nodes how many
     * @param configuration what to set for all of them
     * @return a cluster whose nodes all answer
     * @throws ServerStartException if there is no etcd, or if it doesn't start
     */
    public static EtcdCluster start(int nodes, Consumer<EtcdServer.Builder> configuration) {
        EtcdServer.Builder builder = EtcdServer.builder();
        configuration.accept(builder);
        return new EtcdCluster(builder.startMembers(nodes));
    }

    /**
     * The nodes.
     *
     * @return all of them, running or not
     */
    public List<EtcdServer> nodes() {
        return nodes;
    }

    /**
     * What clients are configured with.
     *
     * @return the URI of each node
     */
    public List<String> endpoints() {
        return nodes.stream().map(EtcdServer::uri).toList();
    }

    /**
     * The node that leads. Waits for an election up to ten seconds.
     *
     * @return a running node that isn't paused
     * @throws IllegalStateException if there is no leader in that time
     */
    public EtcdServer leader() {
        return Waiting.until(Duration.ofSeconds(10), "a leader", this::currentLeader);
    }

    /**
     * Another node than the leader.
     *
     * @return a running node that isn't paused
     * @throws IllegalStateException if there is no leader within ten seconds
     */
    public EtcdServer follower() {
        EtcdServer leader = leader();
        return nodes.stream()
                .filter(node -> node != leader && node.isAwake())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("only the leader is running"));
    }

    /**
     * How many changes the cluster has agreed on, as its leader knows it.
     *
     * @return see {@link EtcdServer#raftProposals}
     */
    public long raftProposals() {
        return leader().raftProposals();
    }

    @Override
    public void close() {
        nodes.forEach(EtcdServer::close);
    }

    private Optional<EtcdServer> currentLeader() {
        return nodes.stream().filter(node -> node.isAwake() && node.isLeader()).findFirst();
    }
}
