package io.holdfast.benchmarks.contestants;

/**
 * Exclusive locks by name, as an application would use a contestant: the least that all contestants have in common.
 *
 * @param <H> what stands for a held lock
 */
public interface NamedLocks<H> extends AutoCloseable {
    /**
     * Waits, as long as it takes, until the resource is held. How a contestant waits that has no waiting of its own is
     * said at its class.
     *
     * @param resource what to lock
     * @param client who asks; contestants that know no clients leave it unused
     * @return the hold
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    H acquire(String resource, String client) throws InterruptedException;

    /**
     * Ends a hold.
     *
     * @param hold as acquired, by the same thread
     */
    void release(H hold);

    /**
     * Does some work while the resource is held.
     *
     * @param resource what to lock
     * @param client who asks
     * @param work what to do
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    default void guard(String resource, String client, Runnable work) throws InterruptedException {
        H hold = acquire(resource, client);
        try {
            work.run();
        } finally {
            release(hold);
        }
    }

    /**
     * Ends a hold after something went wrong while it was held, lest others wait for it for ever.
     *
     * @param hold as acquired, by the same thread
     * @param failure what went wrong; what goes wrong here is added to it
     * @return the failure
     * @param <T> its type
     */
    default <T extends Throwable> T releaseAfter(H hold, T failure) {
        try {
            release(hold);
        } catch (RuntimeException | Error alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
        return failure;
    }

    /**
     * Makes sure that a hold has not been lost, as far as the contestant can tell.
     *
     * @param hold as acquired, by the same thread
     * @throws IllegalStateException if it has
     */
    default void requireHeld(H hold) {}

    /**
     * How many threads at most may each acquire one resource after the other and keep them all, each thread resources of its own.
     *
     * @return any number, unless threads of this contestant wait for each other then
     */
    default int mostHoardingThreads() {
        return Integer.MAX_VALUE;
    }

    /** Stops what runs in the background. */
    @Override
    default void close() {}
}
