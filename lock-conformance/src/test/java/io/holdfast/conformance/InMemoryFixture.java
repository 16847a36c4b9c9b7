package io.holdfast.conformance;

import io.holdfast.core.ManualTime;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;

/** The in-memory engine in time that the tests own. */
class InMemoryFixture implements BackendFixture, Faults {
    private final ManualTime time = new ManualTime();
    private final InMemoryEngine engine = InMemoryEngine.create(time, time);

    @Override
    public LockBackend connect() {
        return engine.connect();
    }

    @Override
    public Duration shortestLease() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Duration slack() {
        return Duration.ZERO;
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
        time.advance(duration);
    }

    @Override
    public Duration detectionTime() {
        return Duration.ZERO;
    }

    @Override
    public Faults faults() {
        return this;
    }

    /** The engine can't tell a process that has died from one that has left. */
    @Override
    public void kill(LockBackend connection) {
        connection.close();
    }

    @Override
    public void close() {
        engine.close();
    }
}
