package io.holdfast.conformance;

import io.holdfast.core.ManualTime;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Several in-memory engines that a backend makes one of, in time that the tests own. */
final class CompositeFixture implements BackendFixture, Faults {
    private static final int ENGINES = 3;

    private final ManualTime time = new ManualTime();
    private final List<InMemoryEngine> engines = new ArrayList<>();
    private final BiFunction<List<LockBackend>, ManualTime, LockBackend> composition;

    /**
     * Makes a fixture.
     *
     * @param composition makes one backend of a connection to each engine
     */
    CompositeFixture(BiFunction<List<LockBackend>, ManualTime, LockBackend> composition) {
        this.composition = composition;
        for (int i = 0; i < ENGINES; i++) {
            engines.add(InMemoryEngine.create(time, time));
        }
    }

    @Override
    public LockBackend connect() {
        return composition.apply(engines.stream().map(InMemoryEngine::connect).toList(), time);
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

    /** The engines can't tell a process that has died from one that has left. */
    @Override
    public void kill(LockBackend connection) {
        connection.close();
    }

    @Override
    public void close() {
        engines.forEach(InMemoryEngine::close);
    }
}
