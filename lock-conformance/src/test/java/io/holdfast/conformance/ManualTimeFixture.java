package io.holdfast.conformance;

import io.holdfast.core.ManualTime;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;

/**
 * A fixture in time that the tests own: it stands still while they work, and passes at once. The store is in the same process, and can't tell
 * a process that has died from one that has left.
 */
public interface ManualTimeFixture extends BackendFixture, Faults {
    /**
     * The time, which is the store's too.
     *
     * @return always the same
     */
    ManualTime time();

    @Override
    default Duration shortestLease() {
        return Duration.ofSeconds(1);
    }

    @Override
    default Duration slack() {
        return Duration.ZERO;
    }

    @Override
    default Duration detectionTime() {
        return Duration.ZERO;
    }

    @Override
    default Ticker ticker() {
        return time();
    }

    @Override
    default Scheduler scheduler() {
        return time();
    }

    @Override
    default void letTimePass(Duration duration) {
        time().advance(duration);
    }

    @Override
    default Faults faults() {
        return this;
    }

    @Override
    default void kill(LockBackend connection) {
        connection.close();
    }
}
