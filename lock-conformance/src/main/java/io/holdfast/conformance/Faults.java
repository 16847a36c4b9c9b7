package io.holdfast.conformance;

import io.holdfast.spi.LockBackend;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/**
 * What a fixture can do to its store, beyond the ordinary. Each method has a default that aborts the test with the
 * reason, so that what isn't tested can be seen in the report; a fixture overrides what it can do. No promise is tested
 * by these faults alone.
 */
public interface Faults {
    /** Nothing can be done to the store. */
    Faults NONE = new Faults() {};

    /**
     * Cuts a connection: commands no longer reach the store, or their answers no longer come back.
     *
     * @param connection one that the fixture made
     */
    default void cut(LockBackend connection) {
        unable("cut a connection");
    }

    /**
     * Undoes {@link #cut}.
     *
     * @param connection the one that was cut
     */
    default void restore(LockBackend connection) {
        unable("restore a connection");
    }

    /**
     * Ends a connection as the death of its process would: without a word to the store. The fixture need not do more
     * than close it where the store can't tell the two apart.
     *
     * @param connection one that the fixture made
     */
    default void kill(LockBackend connection) {
        unable("end a connection without a word to the store");
    }

    /**
     * Stops the store where it is, as SIGSTOP stops a server: connections stay and take what is sent, nothing is answered,
     * and clocks go on. What was sent is carried out after {@link #resume}, each connection's in its order. If tests that
     * run at the same time use the same store, the fixture withholds what goes to and comes from its own connections
     * instead.
     */
    default void pause() {
        unable("pause the store");
    }

    /** Undoes {@link #pause}. The suite does so before it ends a test that has paused the store. */
    default void resume() {
        unable("resume the store");
    }

    /** Restarts the store, as its documentation says that it survives. Returns when it answers again. */
    default void restart() {
        unable("restart the store");
    }

    /**
     * Sets the store's wall clock back.
     *
     * @param step by how much
     */
    default void setBackWallClock(Duration step) {
        unable("set the store's wall clock back");
    }

    private static void unable(String action) {
        Assumptions.abort("this fixture can't " + action);
    }
}
