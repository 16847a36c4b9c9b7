package io.holdfast.etcd;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class OneNodeContractTest extends LockBackendContract {
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
        return EtcdFixture.alone(NODES);
    }
}
