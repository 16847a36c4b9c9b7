package io.holdfast.redis;

import io.holdfast.DistributedLock;
import io.holdfast.testservers.RedisServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server and a connection for each test. */
abstract class OneServerTest {
    RedisServer server;
    DistributedLock locks;

    @BeforeEach
    void connect() {
        server = RedisServer.start();
        locks = TestBackends.locks(server.uri());
    }

    @AfterEach
    void close() {
        locks.close();
        server.close();
    }
}
