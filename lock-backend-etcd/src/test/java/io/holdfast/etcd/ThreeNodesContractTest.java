package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import io.holdfast.core.SystemTime;
import io.holdfast.testservers.EtcdCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    @Test
    void theMembersAreCounted() throws Exception {
        Settings settings = new Settings();
        settings.endpoints(List.of(cluster.nodes().get(0).uri()));
        try (SystemTime time = new SystemTime();
                Wire wire = Connector.wire(settings, time, time)) {
            assertThat(wire.cluster(TimeUnit.SECONDS.toNanos(10))
                            .get(20, TimeUnit.SECONDS)
                            .members())
                    .isEqualTo(3);
        }
    }

    @Override
    protected BackendFixture fixture() {
        return new EtcdFixture(cluster.nodes());
    }
}
