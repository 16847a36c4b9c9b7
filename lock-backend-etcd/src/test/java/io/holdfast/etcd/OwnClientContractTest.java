package io.holdfast.etcd;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The whole contract over the application's own client of jetcd. */
@Tag("long")
class OwnClientContractTest extends LockBackendContract {
    private static final ServerPool NODES = new ServerPool();

    @BeforeAll
    static void start() {
        NODES.warmUp();
    }

    @AfterAll
    static void stop() {
        NODES.close();
    }

    @Override
    protected BackendFixture fixture() {
        return EtcdFixture.aloneOverOwnClient(NODES);
    }
}
