package io.holdfast;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DistributedLock} as one client sees it. Each method is the lock's method of the same name with this client
 * filled in, and promises and throws the same.
 *
 * <p>Holds no state but the name; thread-safe; needs no closing.
 */
public final class LockClient {
    private final DistributedLock locks;
    private final String name;

    LockClient(DistributedLock locks, String name) {
        Names.require(name, "client");
        this.locks = locks;
        this.name = name;
    }

    /**
     * Who this client is.
     *
     * @return its name
     */
    public String name() {
        return name;
    }

    /**
     * See {@link DistributedLock#acquire(String, String, Duration)}.
     *
     * @param resource what to lock
     * @param timeout how long to wait at most
     * @return the hold
     * @throws InterruptedException if the thread is interrupted before or during the wait
     */
    public LockHandle acquire(String resource, Duration timeout) throws InterruptedException {
        return locks.acquire(resource, name, timeout);
    }

    /**
     * See {@link DistributedLock#acquire(String, String, Duration, LockOptions)}.
     *
     * @param resource what to lock
     * @param timeout how long to wait at most
     * @param options lease and renewal
     * @return the hold
     * @throws InterruptedException if the thread is interrupted before or during the wait
     */
    public LockHandle acquire(String resource, Duration timeout, LockOptions options) throws InterruptedException {
        return locks.acquire(resource, name, timeout, options);
    }

    /**
     * See {@link DistributedLock#tryAcquire(String, String)}.
     *
     * @param resource what to lock
     * @return the hold, or empty if somebody else holds the resource
     * @throws InterruptedException if the thread is interrupted before the backend has answered
     */
    public Optional<LockHandle> tryAcquire(String resource) throws InterruptedException {
        return locks.tryAcquire(resource, name);
    }

    /**
     * See {@link DistributedLock#tryAcquire(String, String, Duration)}.
     *
     * @param resource what to lock
     * @param timeout how long to wait at most
     * @return the hold, or empty if somebody else held the resource all that time
     * @throws InterruptedException if the thread is interrupted before or during the wait
     */
    public Optional<LockHandle> tryAcquire(String resource, Duration timeout) throws InterruptedException {
        return locks.tryAcquire(resource, name, timeout);
    }

    /**
     * See {@link DistributedLock#tryAcquire(String, String, Duration, LockOptions)}.
     *
     * @param resource what to lock
     * @param timeout how long to wait at most
     * @param options lease and renewal
     * @return the hold, or empty if somebody else held the resource all that time
     * @throws InterruptedException if the thread is interrupted before or during the wait
     */
    public Optional<LockHandle> tryAcquire(String resource, Duration timeout, LockOptions options)
            throws InterruptedException {
        return locks.tryAcquire(resource, name, timeout, options);
    }

    /**
     * See {@link DistributedLock#acquireAsync(String, String, Duration)}.
     *
     * @param resource what to lock
     * @param timeout how long to wait at most
     * @return completes with the hold
     */
    public CompletableFuture<LockHandle> acquireAsync(String resource, Duration timeout) {
        return locks.acquireAsync(resource, name, timeout);
    }

    /**
     * See {@link DistributedLock#acquireAsync(String, String, Duration, LockOptions)}.
     *
     * @param resource what to lock
     * @param timeout how long to wait at most
     * @param options lease and renewal
     * @return completes with the hold
     */
    public CompletableFuture<LockHandle> acquireAsync(String resource, Duration timeout, LockOptions options) {
        return locks.acquireAsync(resource, name, timeout, options);
    }

    /**
     * See {@link DistributedLock#release(String, String)}.
     *
     * @param resource what is held
     * @return true if this call ended a hold; false if this client held nothing
     */
    public boolean release(String resource) {
        return locks.release(resource, name);
    }

    /**
     * See {@link DistributedLock#heartbeat(String, String)}.
     *
     * @param resource what is held
     * @return true if the lease was extended; false if this client holds nothing
     */
    public boolean heartbeat(String resource) {
        return locks.heartbeat(resource, name);
    }

    /**
     * See {@link DistributedLock#withLock(String, String, Duration, LockedFunction)}.
     *
     * @param resource what to lock
     * @param timeout how long to wait at most
     * @param work what to do; it gets the hold
     * @param <T> what the work returns
     * @param <X> what the work throws
     * @return what the work returned
     * @throws X if the work throws it; the resource is released all the same
     * @throws InterruptedException if the thread is interrupted before or during the wait; the work wasn't begun
     */
    public <T extends @Nullable Object, X extends Exception> T withLock(
            String resource, Duration timeout, LockedFunction<T, X> work) throws X, InterruptedException {
        return locks.withLock(resource, name, timeout, work);
    }

    /**
     * See {@link DistributedLock#withLock(String, String, Duration, LockOptions, LockedFunction)}.
     *
     * @param resource what to lock
     * @param timeout how long to wait at most
     * @param options lease and renewal
     * @param work what to do; it gets the hold
     * @param <T> what the work returns
     * @param <X> what the work throws
     * @return what the work returned
     * @throws X if the work throws it; the resource is released all the same
     * @throws InterruptedException if the thread is interrupted before or during the wait; the work wasn't begun
     */
    public <T extends @Nullable Object, X extends Exception> T withLock(
            String resource, Duration timeout, LockOptions options, LockedFunction<T, X> work)
            throws X, InterruptedException {
        return locks.withLock(resource, name, timeout, options, work);
    }

    @Override
    public String toString() {
        return "LockClient[" + name + "]";
    }
}
