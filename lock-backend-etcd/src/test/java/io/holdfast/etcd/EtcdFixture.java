package io.holdfast.etcd;

import io.etcd.jetcd.Client;
import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.conformance.Faults;
import io.holdfast.conformance.RealTimeFixture;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import io.holdfast.testservers.EtcdServer;
import io.holdfast.testservers.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Connections to a running etcd, each through proxies of its own. */
final class EtcdFixture extends RealTimeFixture {
    /** Etcd looks for leases that are over twice a second, which must fit into the slack, a quarter of this. */
    static final Duration LEASE = Duration.ofSeconds(4);

    private static final int WARM_UP_ROUNDS = 20;

    private final List<EtcdServer> servers;
    private final boolean alone;
    private final boolean ownClient;
    private final Runnable onClose;
    private final Map<LockBackend, List<TcpProxy>> proxies = new ConcurrentHashMap<>();

    private EtcdFixture(List<EtcdServer> servers, boolean alone, boolean ownClient, Runnable onClose) {
        super(
                () -> {
                    throw new IllegalStateException("connect is overridden");
                },
                LEASE);
        this.servers = servers;
        this.alone = alone;
        this.ownClient = ownClient;
        this.onClose = onClose;
    }

    /** A fixture on servers that other tests use at the same time. */
    EtcdFixture(List<EtcdServer> servers) {
        this(servers, false, false, () -> {});
    }

    /** A fixture with a node of its own. */
    static EtcdFixture alone(ServerPool pool) {
        EtcdServer node = pool.take();
        return new EtcdFixture(List.of(node), true, false, () -> pool.giveBack(node));
    }

    /** The same, over clients of jetcd as an application has them. */
    static EtcdFixture aloneOverOwnClient(ServerPool pool) {
        EtcdServer node = pool.take();
        return new EtcdFixture(List.of(node), true, true, () -> pool.giveBack(node));
    }

    @Override
    public LockBackend connect() {
        List<TcpProxy> ways = servers.stream().map(TcpProxy::to).toList();
        List<String> endpoints =
                ways.stream().map(proxy -> "127.0.0.1:" + proxy.port()).toList();
        LockBackend backend = ownClient
                ? connectOwnClient(endpoints, () -> ways.forEach(TcpProxy::close))
                : connect(endpoints, ticker(), scheduler(), () -> ways.forEach(TcpProxy::close));
        proxies.put(backend, ways);
        return backend;
    }

    private EtcdBackend connectOwnClient(List<String> endpoints, Runnable closeWays) {
        Client client = Client.builder()
                .endpoints(endpoints.stream().map(each -> "http://" + each).toArray(String[]::new))
                .build();
        Settings settings = new Settings();
        settings.client = client;
        return Connector.backend(settings, ticker(), scheduler(), () -> {
            client.close();
            closeWays.run();
        });
    }

    static EtcdBackend connect(List<String> endpoints, Ticker ticker, Scheduler scheduler, Runnable onClose) {
        Settings settings = new Settings();
        settings.endpoints(endpoints);
        try {
            return Connector.backend(settings, ticker, scheduler, onClose);
        } catch (LockBackendException busy) {
            // A machine that builds may stand still for as long as the suite gives etcd to answer.
            return Connector.backend(settings, ticker, scheduler, onClose);
        }
    }

    /** Has the classes loaded that the first call needs, for which the suite's short time limits leave no time. */
    static void warmUp(List<EtcdServer> servers) {
        EtcdLocks.Builder builder = EtcdLocks.builder()
                .endpoints(servers.stream().map(EtcdServer::uri).toArray(String[]::new));
        try (DistributedLock locks = builder.connect()) {
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                LockHandle first = locks.acquire("warm-up", "first", Duration.ofMinutes(1));
                CompletableFuture<LockHandle> second = locks.acquireAsync("warm-up", "second", Duration.ofMinutes(1));
                first.heartbeat();
                locks.inspect("warm-up");
                first.close();
                second.join().close();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public Duration detectionTime() {
        return LEASE;
    }

    @Override
    public Faults faults() {
        return new Faults() {
            @Override
            public void cut(LockBackend connection) {
                proxies.get(connection).forEach(TcpProxy::refuse);
            }

            @Override
            public void restore(LockBackend connection) {
                proxies.get(connection).forEach(TcpProxy::restore);
            }

            @Override
            public void kill(LockBackend connection) {
                cut(connection);
                connection.close();
            }

            @Override
            public void pause() {
                proxies.values().forEach(ways -> ways.forEach(EtcdFixture::silence));
            }

            @Override
            public void resume() {
                proxies.values().forEach(ways -> ways.forEach(TcpProxy::restore));
            }

            @Override
            public void restart() {
                if (!alone) {
                    Faults.NONE.restart();
                }
                servers.forEach(EtcdServer::restart);
            }
        };
    }

    @Override
    public void close() {
        super.close();
        onClose.run();
    }

    private static void silence(TcpProxy proxy) {
        proxy.silence(TcpProxy.Direction.TO_SERVER);
        proxy.silence(TcpProxy.Direction.TO_CLIENT);
    }
}
