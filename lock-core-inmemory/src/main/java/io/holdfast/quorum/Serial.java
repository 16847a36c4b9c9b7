package io.holdfast.quorum;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after the other, in the order in which they come, on the threads that bring them: what belongs to one
 * thing that happens on many threads needs no lock then. What is to be told to others is told after the last task, when
 * nobody has to wait for this any more. Thread-safe.
 */
final class Serial {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();

    /** Runs a task now, or has the thread run it that is running others. */
    void run(Runnable task) {
        tasks.add(task);
        if (unfinished.getAndIncrement() == 0) {
            drain();
        }
        for (Runnable told = news.poll(); told != null; told = news.poll()) {
            told.run();
        }
    }

    private void drain() {
        do {
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
            }
        } while (unfinished.decrementAndGet() != 0);
    }

    /** Has something told when the tasks have run. */
    void tell(Runnable told) {
        news.add(told);
    }
}
