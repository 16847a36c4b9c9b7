package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.profile.Measured;
import io.holdfast.benchmarks.programs.Heap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Many holds that are renewed for some leases' time. Threads acquire them, a share each, and keep them: then nothing
 * but their renewal uses the processor. At the end each must still be held.
 */
final class RenewalJob implements Job {
    private static final int CHECKED = 10;
    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public Outcome run(NamedLocks<?> locks, Task task) throws Exception {
        List<Holder<?>> holders = new ArrayList<>();
        CyclicBarrier held = new CyclicBarrier(task.threads() + 1);
        CountDownLatch enough = new CountDownLatch(1);
        for (int i = 0; i < task.threads(); i++) {
            holders.add(new Holder<>(locks, task, i, held, enough));
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
        for (Holder<?> holder : holders) {
            holder.join();
            if (holder.failure != null) {
                throw holder.failure;
            }
        }
        return Outcome.of(new long[] {task.count()}, task.count())
                .with("cpu", cpu)
                .with("heap", heap)
                .with("acquired", acquiredMillis);
    }

    /** A thread with its share of the holds. */
    private static final class Holder<H> extends Thread {
        private final NamedLocks<H> locks;
        private final Task task;
        private final int number;
        private final CyclicBarrier held;
        private final CountDownLatch enough;
        private final List<H> holds = new ArrayList<>();
        private @Nullable Exception failure;

        Holder(NamedLocks<H> locks, Task task, int number, CyclicBarrier held, CountDownLatch enough) {
            super("holder-" + number);
            setDaemon(true);
            this.locks = locks;
            this.task = task;
            this.number = number;
            this.held = held;
            this.enough = enough;
        }

        @Override
        public void run() {
            try {
                acquire();
                held.await();
                enough.await();
                for (int i = 0; i < holds.size(); i += CHECKED) {
                    locks.requireHeld(holds.get(i));
                }
                holds.forEach(locks::release);
            } catch (Exception unexpected) {
                failure = unexpected;
                held.reset();
            }
        }

        private void acquire() throws InterruptedException {
            for (int i = number; i < task.count(); i += task.threads()) {
                holds.add(locks.acquire(task.name() + "-" + i, "client-" + i));
            }
        }
    }
}
