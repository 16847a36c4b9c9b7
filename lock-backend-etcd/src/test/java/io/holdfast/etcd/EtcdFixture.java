package io.holdfast.etcd;

import io.holdfast.conformance.RealTimeFixture;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.List;

/** Connections to a running etcd. */
final class EtcdFixture extends RealTimeFixture {
    /** Etcd looks for leases that are over twice a second, which must fit into the slack, a quarter of this. */
    static final Duration LEASE = Duration.ofSeconds(3);

    private final List<String> endpoints;

    EtcdFixture(List<String> endpoints) {
        super(() -> null, LEASE);
        this.endpoints = endpoints;
    }

    @Override
    public LockBackend connect() {
        return connect(endpoints, ticker(), scheduler());
    }

    static EtcdBackend connect(List<String> endpoints, Ticker ticker, Scheduler scheduler) {
        Settings settings = new Settings();
        settings.endpoints(endpoints);
        return Connector.backend(settings, ticker, scheduler, () -> {});
    }
}
