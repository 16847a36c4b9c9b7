package io.holdfast.etcd;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import io.holdfast.testservers.EtcdCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ThreeNodesContractTest extends LockBackendContract {
    /**
     * As etcd is delivered. An election lets all leases begin anew, which the contract's tests would take for leases that are too long: it
     * must not come of a busy machine.
     */
    private static final Duration HEARTBEAT = Duration.ofMillis(100);

    private static final Duration ELECTION = Duration.ofSeconds(1);

    private static EtcdCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EtcdCluster.start(3, node -> node.dataInMemory().timing(HEARTBEAT, ELECTION));
        EtcdFixture.warmUp(cluster.nodes());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    protected BackendFixture fixture() {
        return new EtcdFixture(cluster.nodes());
    }
}
