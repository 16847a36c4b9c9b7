package io.holdfast.spi;

/**
 * Runs a task later. Tests put their own in the place of the real one, together with a {@link Ticker} that agrees with
 * it.
 */
@FunctionalInterface
public interface Scheduler {
    /**
     * Has a task run once, not earlier than after a delay. Tasks are short and don't block.
     *
     * @param task what to run
     * @param delayNanos how long to wait; zero or less means as soon as possible, but never inside this call
     * @return stops the task
     */
    Cancellable schedule(Runnable task, long delayNanos);

    /** A task that has been scheduled. */
    @FunctionalInterface
    interface Cancellable {
        /** Keeps the task from running, if it hasn't begun. */
        void cancel();
    }
}
