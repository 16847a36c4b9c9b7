package io.holdfast.conformance;

import io.holdfast.core.ManualTime;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.LockBackend;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** In-memory engines in time that the tests own: one, or several that a backend makes one of. */
public class InMemoryFixture implements ManualTimeFixture {
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
    public ManualTime time() {
        return time;
    }

    @Override
    public LockBackend connect() {
        return composition.apply(engines.stream().map(InMemoryEngine::connect).toList(), time);
    }

    @Override
    public void close() {
        engines.forEach(InMemoryEngine::close);
    }
}
