package io.holdfast.benchmarks.crew;

import java.util.concurrent.TimeUnit;

/**
 * When a turn begins, counts and ends, in {@link System#nanoTime}.
 *
 * @param start when all begin
 * @param counted from when on it counts
 * @param end when all stop
 */
record Window(long start, long counted, long end) {
    static Window of(Task task) {
        long counted = task.startNanos() + TimeUnit.MILLISECONDS.toNanos(task.warmUpMillis());
        return new Window(task.startNanos(), counted, counted + TimeUnit.MILLISECONDS.toNanos(task.millis()));
    }

    boolean counts(long instant) {
        return instant - counted >= 0 && instant - end < 0;
    }

    static void sleepUntil(long instant) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, instant - System.nanoTime()));
    }
}
