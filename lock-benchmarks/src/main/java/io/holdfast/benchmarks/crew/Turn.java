package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.servers.Gauge;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One contestant's turn.
 *
 * @param crew its JVMs
 * @param gauge its server's
 * @param family with whom it is compared
 * @param name a name that no other turn has
 * @param pace how long it takes
 * @param warmUpMillis how long it goes on before it counts
 * @param section file for what the lock guards
 */
record Turn(Crew crew, Gauge gauge, Family family, String name, Pace pace, int warmUpMillis, Path section) {
    /** So long until all JVMs have read what to do. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Threads of one or more JVMs, with resources of their own or one for all. */
    List<Outcome> crowd(Job.Kind job, int members, int threads, int resources, int count, int holdMillis)
            throws IOException, InterruptedException {
        crew.grow(members);
        long start = System.nanoTime() + LEAD_NANOS;
        return crew.run(
                members,
                member -> new Task(
                        job,
                        name,
                        member,
                        threads,
                        resources,
                        count,
                        warmUpMillis,
                        pace.millis(),
                        holdMillis,
                        start,
                        members > 1 ? section.toString() : null));
    }
}
