package io.holdfast.redis;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import org.junit.jupiter.api.AfterAll;

/** The contract over asynchronous connections, with all faults that a single server can have. */
class RedisContractTest extends LockBackendContract {
    private static final ServerPool SERVERS = new ServerPool();

    @AfterAll
    static void closeServers() {
        SERVERS.close();
    }

    @Override
    protected BackendFixture fixture() {
        return RedisFixture.asynchronous(SERVERS);
    }
}
