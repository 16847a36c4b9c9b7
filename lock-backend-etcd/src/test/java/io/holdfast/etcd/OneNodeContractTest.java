package io.holdfast.etcd;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import io.holdfast.testservers.EtcdServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class OneNodeContractTest extends LockBackendContract {
    private static EtcdServer server;

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
        EtcdFixture.warmUp(List.of(server));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected BackendFixture fixture() {
        return new EtcdFixture(List.of(server));
    }
}
