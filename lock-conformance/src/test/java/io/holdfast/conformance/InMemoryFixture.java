package io.holdfast.conformance;

import io.holdfast.core.ManualTime;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** In-memory engines in time that the tests own: one, or several that a backend makes one of. */
public class InMemoryFixture implements BackendFixture, Faults {
    private final ManualTime time = new ManualTime();
    private final List<InMemoryEngine> engines;
    private final BiFunction<List<LockBackend>, ManualTime, LockBackend> composition;

    /** Makes a fixture of a single engine. */
    InMemoryFixture() {
        this(1, (connections, time) -> connections.get(0));
    }

    /**
     * Makes a fixture.
     *
     * @param count how many engines there are
     * @param composition makes one backend of a connection to each
     */
    public InMemoryFixture(int count, BiFunction<List<LockBackend>, ManualTime, LockBackend> composition) {
        this.engines = Stream.generate(() -> InMemoryEngine.create(time, time))
                .limit(count)
                .toList();
        this.composition = composition;
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

    /** An engine can't tell a process that has died from one that has left. */
    @Override
    public void kill(LockBackend connection) {
        connection.close();
    }

    @Override
    public void close() {
        engines.forEach(InMemoryEngine::close);
    }
}
