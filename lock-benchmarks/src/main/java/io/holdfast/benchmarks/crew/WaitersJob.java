package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.CriticalSection;
import io.holdfast.benchmarks.Guarded;
import io.holdfast.benchmarks.contestants.AsyncNamedLocks;
import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.profile.Cpu;
import io.holdfast.benchmarks.profile.Measured;
import io.holdfast.benchmarks.programs.Heap;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Many that wait for one resource in one JVM: by the asynchronous API where there is one, else with a thread each. Once
 * the JVM is quiet, because all wait, the holder lets go. Those that aren't served in time count as failed, and wait on.
 */
final class WaitersJob implements Job {
    private static final long LOOK_MILLIS = 250;
    private static final double QUIET = 0.05;
    private static final int MOST_LOOKS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int WARM_UP_WAITERS = 2;

    private final Duration patience;
    private final Guarded section;
    private final AtomicReference<@Nullable RuntimeException> overlap = new AtomicReference<>();
    private final AtomicInteger failed = new AtomicInteger();

    WaitersJob() {
        this(PATIENCE, new CriticalSection());
    }

    /**
     * Makes a job.
     *
     * @param patience how long to wait until all are served
     * @param section what the lock guards
     */
    WaitersJob(Duration patience, Guarded section) {
        this.patience = patience;
        this.section = section;
    }

    @Override
    public Outcome run(NamedLocks<?> locks, Task task) throws Exception {
        return measure(locks, task);
    }

    private <H> Outcome measure(NamedLocks<H> locks, Task task) throws Exception {
        // Once before: what the contestant opens for its first waiter isn't the price of a waiter.
        serve(locks, task, task.name() + "-warm-up", WARM_UP_WAITERS);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        int threadsBefore = threads.getThreadCount();
        threads.resetPeakThreadCount();
        long heapBefore = Heap.used();
        H hold = locks.acquire(task.name(), "holder");
        CountDownLatch served = queue(locks, task.name(), task.count());
        awaitQuiet();
        long heap = Heap.used() - heapBefore;
        int waitingThreads = threads.getThreadCount() - threadsBefore;
        Measured measured = Measured.begin(task.name());
        long start = System.nanoTime();
        locks.release(hold);
        boolean unused = served.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
        long cpu = measured.end();
        int missing = (int) served.getCount();
        requireNoneLost(served(task.count(), served) + WARM_UP_WAITERS);
        return Outcome.of(new long[] {task.count()}, task.count())
                .with("served", millis)
                .with("cpu", cpu)
                .with("failed", failed.get() + missing)
                .with(Outcome.LEFT_BEHIND, missing)
                .with("threads", waitingThreads)
                .with("heap", heap);
    }

    private <H> void serve(NamedLocks<H> locks, Task task, String resource, int count) throws InterruptedException {
        H hold = locks.acquire(resource, "holder");
        CountDownLatch served = queue(locks, resource, count);
        Thread.sleep(task.holdMillis());
        locks.release(hold);
        boolean unused = served.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        int well = served(count, served);
        requireNoneLost(well);
        if (well < count) {
            throw new IllegalStateException("not even " + count + " waiters are served");
        }
    }

    /** At least so many have passed, since each is counted when it has. */
    private int served(int count, CountDownLatch waiting) {
        // In this order: who is still counted as waiting may fail meanwhile, but not the other way round.
        int missing = (int) waiting.getCount();
        return count - missing - failed.get();
    }

    private void requireNoneLost(long served) {
        RuntimeException found = overlap.get();
        if (found != null) {
            throw found;
        }
        if (section.passes() < served) {
            throw new IllegalStateException(
                    served + " grants, but " + section.passes() + " updates: the lock doesn't exclude");
        }
    }

    private <H> CountDownLatch queue(NamedLocks<H> locks, String resource, int count) {
        CountDownLatch served = new CountDownLatch(count);
        IntFunction<Runnable> waiter = locks instanceof AsyncNamedLocks<H> async
                ? i -> () -> {
                    // The call itself doesn't wait.
                    async.acquireAsync(resource, "client-" + i)
                            .thenCompose(hold -> {
                                pass(i + 1);
                                return async.releaseAsync(hold);
                            })
                            .whenComplete((released, failure) -> done(served, failure == null));
                }
                : i -> {
                    Thread thread = new Thread(() -> done(served, guard(locks, resource, i)), "waiter-" + i);
                    thread.setDaemon(true);
                    return thread::start;
                };
        for (int i = 0; i < count; i++) {
            waiter.apply(i).run();
        }
        return served;
    }

    private boolean guard(NamedLocks<?> locks, String resource, int i) {
        try {
            locks.guard(resource, "client-" + i, () -> pass(i + 1));
            return true;
        } catch (InterruptedException | RuntimeException failure) {
            return false;
        }
    }

    /** Keeps what it finds, which is worse than a waiter that fails, and lets the others have their turns. */
    private void pass(int who) {
        try {
            section.pass(who);
        } catch (RuntimeException twoAtOnce) {
            overlap.compareAndSet(null, twoAtOnce);
        }
    }

    private void done(CountDownLatch served, boolean well) {
        if (!well) {
            failed.incrementAndGet();
        }
        served.countDown();
    }

    /** Nothing tells that a request has reached the store and is queued there, but then this JVM falls silent. */
    private static void awaitQuiet() throws InterruptedException {
        for (int look = 0; look < MOST_LOOKS; look++) {
            long before = Cpu.nanos();
            Thread.sleep(LOOK_MILLIS);
            if (Cpu.nanos() - before < QUIET * TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)) {
                return;
            }
        }
    }
}
