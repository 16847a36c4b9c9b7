package io.holdfast.benchmarks.contestants;

import java.util.concurrent.CompletionStage;

/**
 * Locks that can be waited for without a thread.
 *
 * @param <H> what stands for a held lock
 */
public interface AsyncNamedLocks<H> extends NamedLocks<H> {
    /**
     * Asks for a resource.
     *
     * @param resource what to lock
     * @param client who asks; no two that wait at once have the same
     * @return completes with the hold
     */
    CompletionStage<H> acquireAsync(String resource, String client);

    /**
     * Ends a hold that was acquired by {@link #acquireAsync}, from any thread.
     *
     * @param hold as acquired
     * @return completes when it has ended
     */
    CompletionStage<?> releaseAsync(H hold);
}
