package io.holdfast.redis;

import io.holdfast.conformance.ForwardingBackend;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TcpProxy;

/** A connection with a faulty network of its own, which ends with it. */
final class ProxiedBackend extends ForwardingBackend {
    private final LockBackend target;
    private final TcpProxy proxy;

    private ProxiedBackend(LockBackend target, TcpProxy proxy) {
        super(target);
        this.target = target;
        this.proxy = proxy;
    }

    static ProxiedBackend connect(RedisServer server) {
        TcpProxy proxy = TcpProxy.to(server);
        return new ProxiedBackend(TestBackends.connect("redis://127.0.0.1:" + proxy.port()), proxy);
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
