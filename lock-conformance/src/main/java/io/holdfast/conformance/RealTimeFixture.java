package io.holdfast.conformance;

import io.holdfast.core.SystemTime;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A fixture for a store whose clock can't be moved: to let time pass is to wait. Half of the lease must be long enough
 * for a few commands even on a busy machine.
 */
public class RealTimeFixture implements BackendFixture {
    private final SystemTime time = new SystemTime();
    private final Supplier<? extends LockBackend> connections;
    private final Duration lease;

    /**
     * Makes a fixture.
     *
     * @param connections connects to the store, each time anew
     * @param lease the lease that the tests use; the slack is a quarter of it
     */
    public RealTimeFixture(Supplier<? extends LockBackend> connections, Duration lease) {
        this.connections = connections;
        this.lease = lease;
    }

    @Override
    public LockBackend connect() {
        return connections.get();
    }

    @Override
    public Duration shortestLease() {
        return lease;
    }

    @Override
    public Duration slack() {
        return lease.dividedBy(4);
    }

    @Override
    public Ticker ticker() {
        return time;
    }

    @Override
    public Scheduler scheduler() {
        return time;
    }

    @Override
    public void letTimePass(Duration duration) {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        time.schedule(() -> passed.complete(null), duration.toNanos());
        passed.join();
    }

    @Override
    public void close() {
        time.close();
    }
}
