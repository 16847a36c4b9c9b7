package io.holdfast.etcd;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import io.holdfast.testservers.EtcdCluster;
import io.holdfast.testservers.EtcdServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ThreeNodesContractTest extends LockBackendContract {
    private static EtcdCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EtcdCluster.start(3, EtcdServer.Builder::dataInMemory);
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
