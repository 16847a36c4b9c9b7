package io.holdfast.conformance.broken;

import io.holdfast.conformance.ManualTimeFixture;
import io.holdfast.core.ManualTime;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.function.BiFunction;

/** A simple store, correct or broken, in time that the tests own. */
final class SimpleFixture implements ManualTimeFixture {
    private final ManualTime time = new ManualTime();
    private final SimpleStore store;

    SimpleFixture(BiFunction<Ticker, Scheduler, SimpleStore> store) {
        this.store = store.apply(time, time);
    }

    @Override
    public ManualTime time() {
        return time;
    }

    @Override
    public LockBackend connect() {
        return store.connect();
    }

    @Override
    public Duration patience() {
        // All answers are there at once, or never.
        return Duration.ofMillis(20);
    }

    @Override
    public void cut(LockBackend connection) {
        ((SimpleConnection) connection).cut();
    }

    @Override
    public void restore(LockBackend connection) {
        ((SimpleConnection) connection).restore();
    }

    @Override
    public void pause() {
        store.pause();
    }

    @Override
    public void resume() {
        store.resume();
    }

    @Override
    public void restart() {
        store.restart();
    }

    @Override
    public void setBackWallClock(Duration step) {
        store.setBackWallClock(step);
    }

    @Override
    public void close() {
        store.close();
    }
}
