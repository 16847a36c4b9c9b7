package io.holdfast.redis;

import io.holdfast.core.SystemTime;
import io.holdfast.spi.LockBackend;
import java.time.Duration;

/** Connections to test servers, each as of a process of its own. */
final class TestBackends {
    /** For all connections: their timers end with the JVM. */
    static final SystemTime TIME = new SystemTime();

    /** Longer than a busy machine keeps anybody waiting. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private TestBackends() {}

    static LockBackend connect(String uri) {
        return RedisLocks.builder(uri)
                .answerTimeout(PATIENCE)
                .connectTimeout(PATIENCE)
                .backend(TIME);
    }
}
