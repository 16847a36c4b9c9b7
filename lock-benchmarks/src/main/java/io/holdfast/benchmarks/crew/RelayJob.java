package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.profile.Measured;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Two JVMs that hand a lock to and fro: one holds it until the other certainly waits, and only then releases it. What
 * counts is the time from the call of release in one to the return of acquire in the other. Before it counts they go to and fro as fast as
 * they can, or a few hundred turns would be over before anybody's code is compiled.
 */
final class RelayJob implements Job {
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    @Override
    public Outcome run(NamedLocks<?> locks, Task task) throws Exception {
        SharedSection section = SharedSection.of(Path.of(Objects.requireNonNull(task.section())));
        Window window = Window.of(task);
        Histogram wakeUps = CrowdJob.durations();
        Window.sleepUntil(window.start());
        long all = 0;
        while (System.nanoTime() - window.counted() < 0) {
            carry(locks, task, section, window, wakeUps);
            all++;
        }
        Measured measured = Measured.begin(task.name());
        while (System.nanoTime() - window.end() < 0) {
            carry(locks, task, section, window, wakeUps);
            all++;
        }
        measured.end();
        return Outcome.of(new long[] {wakeUps.getTotalCount()}, all).with("waits", wakeUps);
    }

    private static <H> void carry(
            NamedLocks<H> locks, Task task, SharedSection section, Window window, Histogram wakeUps)
            throws InterruptedException {
        int self = task.member() + 1;
        H hold = locks.acquire(task.name(), "client-" + self);
        long granted = System.nanoTime();
        try {
            section.enter(self);
            long released = section.releasedAt();
            if (section.last() != 0 && section.last() != self && window.counts(released)) {
                wakeUps.recordValue(granted - released);
            }
            section.granted(self);
            if (window.counts(granted)) {
                Thread.sleep(task.holdMillis());
            }
            section.leave(self);
        } catch (RuntimeException twoAtOnce) {
            throw locks.releaseAfter(hold, twoAtOnce);
        }
        section.releasing(System.nanoTime());
        locks.release(hold);
        // An unfair lock would be taken back by the one who just had it.
        while (section.last() == self && System.nanoTime() - window.end() < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
