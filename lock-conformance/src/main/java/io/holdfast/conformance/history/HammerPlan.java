package io.holdfast.conformance.history;

import java.time.Duration;

/**
 * How to hammer a store.
 *
 * @param connections how many connections, each with a lock manager of its own, as if they were processes
 * @param threads how many threads use each of them
 * @param resources how many resources they use
 * @param lease the lease of all holds; also the measure for how long they wait and hold
 * @param duration for how long
 * @param crashes how many connections go silent meanwhile, each followed by a new one
 * @param seed decides what the threads do, but not how they meet
 */
public record HammerPlan(
        int connections, int threads, int resources, Duration lease, Duration duration, int crashes, long seed) {
    /** How long a lock manager waits for an answer, for stores that are slower than the lease. */
    static final Duration ANSWER_TIMEOUT = Duration.ofMillis(500);
}
