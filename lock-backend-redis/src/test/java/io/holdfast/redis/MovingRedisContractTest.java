package io.holdfast.redis;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Two servers keep all promises while every resource is on its way from one to the other. */
@Tag("long")
class MovingRedisContractTest extends LockBackendContract {
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
        return fixtures.moving();
    }
}
