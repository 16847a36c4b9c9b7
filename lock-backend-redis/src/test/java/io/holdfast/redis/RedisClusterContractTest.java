package io.holdfast.redis;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import io.holdfast.conformance.RealTimeFixture;
import io.holdfast.testservers.RedisCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract in a Cluster of three primaries, which all tests share. */
class RedisClusterContractTest extends LockBackendContract {
    private static final Duration LEASE = Duration.ofMillis(800);
    private static RedisCluster cluster;

    @BeforeAll
    static void startCluster() {
        cluster = RedisCluster.start(3, 0);
    }

    @AfterAll
    static void closeCluster() {
        cluster.close();
    }

    @Override
    protected BackendFixture fixture() {
        return new RealTimeFixture(() -> TestBackends.connect(TestBackends.uri(cluster)), LEASE);
    }
}
