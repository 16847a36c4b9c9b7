package io.holdfast.core;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Real time: {@link System#nanoTime} and one daemon thread, which starts with the first task. Close it to stop the thread. Thread-safe. */
public final class SystemTime implements Ticker, Scheduler, AutoCloseable {
    private final ScheduledThreadPoolExecutor executor;

    /** Makes a source of real time with a thread of its own. */
    public SystemTime() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            // Inherits nothing of the thread that happens to need it first, whose application may be unloaded before.
            Thread thread = new Thread(null, task, "holdfast-timer", 0, false);
            thread.setContextClassLoader(SystemTime.class.getClassLoader());
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public long read() {
        return System.nanoTime();
    }

    /**
     * The wall clock, for what people read. No deadline and no lease is ever computed from it.
     *
     * @return the present time of day
     */
    public static Instant wallClock() {
        return Instant.now();
    }

    /** {@inheritDoc} A task that comes after {@link #close} never runs. */
    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
        try {
            ScheduledFuture<?> future = executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    /** Stops the thread; tasks that have not begun never run. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
