package io.holdfast;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One hold in the hands of the application. Closing it releases the resource, so that it belongs in a
 * try-with-resources statement.
 *
 * <p>A handle stands for one hold and no other: a late or repeated close never ends a newer hold, not even one of the
 * same client. When the same client acquires a resource that it holds already, it gets this same handle again, and the
 * first close releases the resource for both: a client names one unit of work, and holds aren't counted.
 *
 * <p>All methods may be called from any thread, platform or virtual.
 */
public interface LockHandle extends AutoCloseable {
    /**
     * The resource that is held.
     *
     * @return the resource's name
     */
    String resource();

    /**
     * Who holds it.
     *
     * @return the client's name
     */
    String client();

    /**
     * The hold's fencing token: greater than the token of every earlier hold of this resource. Send it along with each
     * write, and let the written side refuse smaller ones ({@link FencingGuard}); only that protects against a holder
     * that was paused past its lease.
     *
     * @return a number greater than 0
     */
    long fencingToken();

    /**
     * How long the hold lasts without a heartbeat, as the backend granted it. Not shorter than asked.
     *
     * @return the lease
     */
    Duration lease();

    /**
     * How long this hold is certain to last if nothing extends it, by this process's monotonic clock.
     *
     * @return the time left; zero if the hold has ended
     */
    Duration remaining();

    /**
     * Whether the hold certainly lasts at this moment. It turns false before the backend lets another client in after
     * the end of the lease, whatever the process was paused for, and never turns true again. It asks only the local monotonic clock: it is
     * cheap and never blocks.
     *
     * <p>A hold that somebody ends from outside, with {@link DistributedLock#release} by its client's name or in the
     * store itself, is noticed with the next heartbeat only.
     *
     * <p>The answer is about now. The process may be paused between this call and the next line: guard what matters by
     * {@link #fencingToken()}.
     *
     * @return true while the hold lasts; false once it is lost, expired or released
     */
    boolean isValid();

    /**
     * Throws unless the hold lasts: for work that must not go on without it.
     *
     * @throws LockLostException if {@link #isValid()} is false
     */
    void ensureValid();

    /**
     * Extends the lease to its full length from now. Not needed with auto-renewal.
     *
     * @return true if it was extended; false if the hold has ended, which is never undone
     * @throws LockBackendException if the backend failed or did not answer; the hold lasts as long as
     *     {@link #isValid()} says
     */
    boolean heartbeat();

    /**
     * Has a listener called once when this hold is lost: its lease ran out or the backend reported it gone. Releasing
     * it, or closing its {@link DistributedLock}, is no loss. If it is lost already, the listener is called at once.
     *
     * <p>Listeners run on the lock's callback executor, never on the thread that calls this method. What one throws is
     * logged and keeps no other from running.
     *
     * @param listener called with this handle
     */
    void onLost(Consumer<? super LockHandle> listener);

    /**
     * Releases the hold without blocking. From the call on, {@link #isValid()} is false.
     *
     * <p>If the backend can't be reached, the release is tried again in the background until the lease has ended.
     *
     * @return completes with true if this call ended the hold, with false if it had ended before; exceptionally with a
     *     {@link LockBackendException} if the first try failed, or a {@link LockClosedException} if the lock was closed
     *     meanwhile. Unless it is complete already, it is completed on the lock's callback executor.
     */
    CompletableFuture<Boolean> releaseAsync();

    /**
     * Releases the hold and waits for the backend's answer, no longer than the lock's answer timeout. Does nothing if the hold has
     * ended. An interrupt doesn't keep it from releasing, and stays set.
     *
     * <p>Throws nothing when the backend can't be reached: the release is then tried again in the background until the
     * lease has ended, which ends the hold in any case.
     */
    @Override
    void close();
}
