package io.holdfast.conformance;

import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;

/**
 * What the suite needs to know of a backend: how to connect to its store, and how time passes there. One fixture serves
 * one test, which closes it; a store that is slow to start may be shared by all fixtures, since each test uses names of
 * its own.
 *
 * <p>{@link RealTimeFixture} is enough for a store with a clock of its own.
 */
public interface BackendFixture extends AutoCloseable {
    /**
     * Connects to the store as another process would: each call gives an independent view of the same store.
     *
     * @return a new connection; the suite closes it
     */
    LockBackend connect();

    /**
     * The lease that the tests use. Many tests wait until it has run out: as short as the store grants and measures
     * reliably.
     *
     * @return a lease of at least ten milliseconds
     */
    Duration shortestLease();

    /**
     * How far from its moment something may happen here, for the network, threads and rounding of leases.
     *
     * @return zero if time stands still while a test works; otherwise no more than a quarter of the lease
     */
    Duration slack();

    /**
     * How long the store may take to notice that a process which waits in a queue has died. See promise 9.
     *
     * @return the detection time, the lease unless the fixture says otherwise
     */
    default Duration detectionTime() {
        return shortestLease();
    }

    /**
     * How long, in real time, an answer may take before the suite takes it for lost.
     *
     * @return the time limit of one command, twenty seconds unless the fixture says otherwise
     */
    default Duration patience() {
        return Duration.ofSeconds(20);
    }

    /**
     * The time by which the connections count their leases' validity.
     *
     * @return what lock managers over these connections are to read
     */
    Ticker ticker();

    /**
     * The scheduler that agrees with {@link #ticker}.
     *
     * @return what lock managers over these connections are to use
     */
    Scheduler scheduler();

    /**
     * Lets time pass, for the store and for the process alike. Returns after it has passed, and no test command runs
     * meanwhile; timers that fall due do.
     *
     * @param duration how long
     */
    void letTimePass(Duration duration);

    /**
     * What can be done to the store and the connections.
     *
     * @return nothing, unless the fixture says otherwise
     */
    default Faults faults() {
        return Faults.NONE;
    }

    /** Ends the fixture, after the suite has closed all connections. */
    @Override
    void close();
}
