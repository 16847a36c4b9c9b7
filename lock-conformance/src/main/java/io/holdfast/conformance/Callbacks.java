package io.holdfast.conformance;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs the callbacks of lock managers on one thread of its own, and can tell when they have all run. */
final class Callbacks implements Executor, AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final AtomicInteger pending = new AtomicInteger();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread created = new Thread(task, "callbacks");
        created.setDaemon(true);
        return created;
    });

    @Override
    public void execute(Runnable task) {
        pending.incrementAndGet();
        thread.execute(() -> {
            try {
                task.run();
            } finally {
                pending.decrementAndGet();
            }
        });
    }

    /** Waits until none is left. */
    void drain() {
        if (!Waiting.until(() -> pending.get() == 0, LIMIT)) {
            throw new AssertionError("callbacks still run after " + LIMIT);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
