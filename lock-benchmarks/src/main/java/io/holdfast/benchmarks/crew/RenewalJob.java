package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.profile.Measured;
import io.holdfast.benchmarks.programs.Heap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many holds that are renewed for some leases' time. Threads acquire them, a share each, and keep them, or a single one
 * if the contestant's threads would wait for each other: then nothing
 * but their renewal uses the processor. At the end each must still be held. What fails in one of the threads fails the
 * turn at once, whatever the others wait for.
 */
final class RenewalJob implements Job {
    private static final int CHECKED = 10;
    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public Outcome run(NamedLocks<?> locks, Task task) throws Exception {
        int threads = Math.min(task.threads(), locks.mostHoardingThreads());
        Stage held = new Stage(threads);
        Stage released = new Stage(threads);
        CountDownLatch enough = new CountDownLatch(1);
        List<Holder<?>> holders = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            holders.add(new Holder<>(locks, task, i, threads, held, enough, released));
        }
        long heapBefore = Heap.used();
        long start = System.nanoTime();
        holders.forEach(Thread::start);
        held.await();
        double acquiredMillis = (System.nanoTime() - start) / NANOS_PER_MILLI;
        Thread.sleep(task.warmUpMillis());
        Measured measured = Measured.begin(task.name());
        TimeUnit.MILLISECONDS.sleep(task.millis());
        long cpu = measured.end();
        long heap = Heap.used() - heapBefore;
        enough.countDown();
        released.await();
        return Outcome.of(new long[] {task.count()}, task.count())
                .with("cpu", cpu)
                .with("heap", heap)
                .with("acquired", acquiredMillis);
    }

    /** A point that all threads come to, unless one fails. */
    private static final class Stage {
        private final AtomicInteger missing;
        private final CompletableFuture<Void> reached = new CompletableFuture<>();

        Stage(int threads) {
            this.missing = new AtomicInteger(threads);
        }

        void reach() {
            if (missing.decrementAndGet() == 0) {
                reached.complete(null);
            }
        }

        void fail(Throwable failure) {
            reached.completeExceptionally(failure);
        }

        /** Throws what the first thread that failed has thrown. */
        void await() throws Exception {
            try {
                reached.get();
            } catch (ExecutionException failed) {
                throw failed.getCause() instanceof Exception own ? own : failed;
            }
        }
    }

    /** A thread with its share of the holds. */
    private static final class Holder<H> extends Thread {
        private final NamedLocks<H> locks;
        private final Task task;
        private final int number;
        private final int threads;
        private final Stage held;
        private final CountDownLatch enough;
        private final Stage released;
        private final List<H> holds = new ArrayList<>();

        Holder(
                NamedLocks<H> locks,
                Task task,
                int number,
                int threads,
                Stage held,
                CountDownLatch enough,
                Stage released) {
            super("holder-" + number);
            setDaemon(true);
            this.locks = locks;
            this.task = task;
            this.number = number;
            this.threads = threads;
            this.held = held;
            this.enough = enough;
            this.released = released;
        }

        @Override
        public void run() {
            try {
                acquire();
                held.reach();
                enough.await();
                for (int i = 0; i < holds.size(); i += CHECKED) {
                    locks.requireHeld(holds.get(i));
                }
                holds.forEach(locks::release);
                released.reach();
            } catch (Exception | Error unexpected) {
                held.fail(unexpected);
                released.fail(unexpected);
            }
        }

        private void acquire() throws InterruptedException {
            for (int i = number; i < task.count(); i += threads) {
                holds.add(locks.acquire(task.name() + "-" + i, "client-" + i));
            }
        }
    }
}
