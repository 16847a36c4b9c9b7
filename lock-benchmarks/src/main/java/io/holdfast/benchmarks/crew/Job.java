package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.contestants.NamedLocks;
import java.util.function.Supplier;

/** What a member of a crew does with its contestant's locks in one turn. */
@FunctionalInterface
interface Job {
    /**
     * Does it.
     *
     * @param locks the contestant
     * @param task how much of it
     * @return what was measured
     * @throws Exception if something is wrong: then nothing was measured
     */
    Outcome run(NamedLocks<?> locks, Task task) throws Exception;

    /** All of them, by the name that goes over the wire. */
    @SuppressWarnings("ImmutableEnumChecker") // Constructor references: they hold no state.
    enum Kind {
        /** See {@link CrowdJob}. */
        CROWD(CrowdJob::new),
        /** See {@link LanesJob}. */
        LANES(LanesJob::new),
        /** See {@link RelayJob}. */
        RELAY(RelayJob::new),
        /** See {@link RenewalJob}. */
        RENEWAL(RenewalJob::new),
        /** See {@link WaitersJob}. */
        WAITERS(WaitersJob::new);

        private final Supplier<Job> factory;

        Kind(Supplier<Job> factory) {
            this.factory = factory;
        }

        Job create() {
            return factory.get();
        }
    }
}
