package io.holdfast.redis;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import io.holdfast.conformance.RealTimeFixture;
import io.holdfast.testservers.RedisSentinels;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract at a primary that Sentinels watch and two replicas follow, which all tests share. */
class RedisSentinelsContractTest extends LockBackendContract {
    private static final Duration LEASE = Duration.ofMillis(800);
    /** No primary is to be replaced here because the machine is busy. */
    private static final Duration DOWN_AFTER = Duration.ofSeconds(10);

    private static RedisSentinels sentinels;

    @BeforeAll
    static void startServers() {
        sentinels = RedisSentinels.start(2, 3, DOWN_AFTER, each -> {});
    }

    @AfterAll
    static void closeServers() {
        sentinels.close();
    }

    @Override
    protected BackendFixture fixture() {
        return new RealTimeFixture(() -> TestBackends.connect(TestBackends.uri(sentinels)), LEASE);
    }
}
