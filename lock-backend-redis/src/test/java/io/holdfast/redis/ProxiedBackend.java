package io.holdfast.redis;

import io.holdfast.conformance.ForwardingBackend;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TcpProxy;
import java.time.Duration;

/** A connection with a faulty network of its own, which ends with it. */
final class ProxiedBackend extends ForwardingBackend {
    /** No longer than a busy machine takes, since tests wait for the failure of what isn't answered. */
    private static final Duration ANSWER = Duration.ofSeconds(4);

    private final LockBackend target;
    private final TcpProxy proxy;

    private ProxiedBackend(LockBackend target, TcpProxy proxy) {
        super(target);
        this.target = target;
        this.proxy = proxy;
    }

    static ProxiedBackend connect(RedisServer server) {
        TcpProxy proxy = TcpProxy.to(server);
        LockBackend target = TestBackends.builder("redis://127.0.0.1:" + proxy.port())
                .answerTimeout(ANSWER)
                .backend(TestBackends.TIME, TestBackends.TIME, () -> {});
        return new ProxiedBackend(target, proxy);
    }

    /** The same connection, whose callers wait for every answer. */
    ProxiedBackend whereCallersWait() {
        return new ProxiedBackend(target.blocking(), proxy);
    }

    @Override
    public LockBackend blocking() {
        return target.blocking();
    }

    TcpProxy network() {
        return proxy;
    }

    @Override
    public void close() {
        super.close();
        proxy.close();
    }
}
