package io.holdfast.benchmarks.contestants.memory;

/** How contestants wait that can't. */
final class Polling {
    private Polling() {}

    /**
     * Lets other threads go first. On few cores nothing gives these contestants more grants per second: a sleep would
     * cost them a millisecond at each hand-over.
     *
     * @throws InterruptedException if the thread was interrupted
     */
    @SuppressWarnings("ThreadPriorityCheck")
    static void pause() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Thread.yield();
    }
}
