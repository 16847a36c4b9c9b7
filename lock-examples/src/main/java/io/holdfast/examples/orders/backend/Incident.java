package io.holdfast.examples.orders.backend;

import java.util.Optional;

/** What is done to the demo's servers while the job runs, to show that it goes on. */
@FunctionalInterface
public interface Incident {
    /** Nothing happens. */
    Incident NONE = share -> Optional.empty();

    /**
     * Does what is due. Called again and again by one thread.
     *
     * @param share how much of the job is done, from 0 to 1
     * @return what has been done, in a sentence; empty if nothing was
     */
    Optional<String> at(double share);
}
