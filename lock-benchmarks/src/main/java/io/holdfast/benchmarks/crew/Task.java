package io.holdfast.benchmarks.crew;

import org.jspecify.annotations.Nullable;

/**
 * What each member of a crew is to do.
 *
 * @param job which job
 * @param name how its resources' names begin, so that no turn meets what another has left behind
 * @param member who this is: 0 for the first
 * @param threads how many threads at once
 * @param resources how many resources each thread has to itself; 0 if all want the same one
 * @param count how many waiters or holds, where the job is about that
 * @param warmUpMillis how long it goes on before it counts
 * @param millis how long it counts
 * @param holdMillis how long a hold lasts at least, where the job is about that
 * @param startNanos when to begin, in {@link System#nanoTime}
 * @param section file of the {@link SharedSection} that all members guard; null if there is one member
 */
record Task(
        Job.Kind job,
        String name,
        int member,
        int threads,
        int resources,
        int count,
        long warmUpMillis,
        long millis,
        long holdMillis,
        long startNanos,
        @Nullable String section) {}
