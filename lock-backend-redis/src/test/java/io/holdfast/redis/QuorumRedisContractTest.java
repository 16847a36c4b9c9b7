package io.holdfast.redis;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Three servers keep all promises as one quorum. */
@Tag("long")
class QuorumRedisContractTest extends LockBackendContract {
    private static ComposedFixtures fixtures;

    @BeforeAll
    static void startServers() {
        fixtures = new ComposedFixtures();
    }

    @AfterAll
    static void closeServers() {
        fixtures.close();
    }

    @Override
    protected BackendFixture fixture() {
        return fixtures.quorum();
    }
}
