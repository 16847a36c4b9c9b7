package io.holdfast.redis;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import org.junit.jupiter.api.AfterAll;

/** The contract over the view for callers that wait for their answers. */
class RedisBlockingContractTest extends LockBackendContract {
    private static final ServerPool SERVERS = new ServerPool();

    @AfterAll
    static void closeServers() {
        SERVERS.close();
    }

    @Override
    protected BackendFixture fixture() {
        return RedisFixture.blocking(SERVERS);
    }
}
