package io.holdfast;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Grants exclusive, expiring holds of named resources to named clients, first come first served.
 *
 * <pre>{@code
 * try (LockHandle hold = locks.newClient().acquire("orders/42", Duration.ofSeconds(5))) {
 *     ledger.write(entry, hold.fencingToken());
 * }
 * }</pre>
 *
 * <h2>What it guarantees</h2>
 *
 * By the backend's clock at most one client holds a resource. Each new hold has a greater fencing token than all
 * earlier ones. Nothing is held for ever: a hold without heartbeats ends with its lease, and the next waiter gets it.
 * Waiters are served in the order in which the backend took them. A request that ends without a grant leaves nothing
 * behind.
 *
 * <h2>What it doesn't</h2>
 *
 * It can't stop a process that was paused past its lease from writing afterwards; a resource that checks the fencing
 * token can ({@link FencingGuard}).
 *
 * <h2>Names</h2>
 *
 * A resource and a client are any Unicode text of 1 to {@value #MAX_NAME_BYTES} bytes in UTF-8. Blanks, separators and
 * control characters are as good as others, also alone. Names are compared code point by code point: two spellings that
 * differ only in Unicode normalisation are two names. Every method throws {@link IllegalArgumentException} for an empty
 * or longer name and for one that isn't Unicode text (a lone surrogate), and {@link NullPointerException} for null,
 * before anything is sent.
 *
 * <h2>Clients</h2>
 *
 * A client names one unit of work, for example a job or a request; it isn't a process, and a thread is of no account. A
 * client that acquires what it holds already gets the same hold again, with its lease at full length: so an acquire
 * whose answer was lost may simply be repeated. Two units of work that must exclude each other need two client names:
 * {@link #newClient()} makes them up. Threads that ask with one name don't exclude each other: they share one hold. A hold that is acquired by the same client from two processes is one hold: a
 * release by either ends it, and the other learns of that with its next heartbeat.
 *
 * <h2>Timeouts</h2>
 *
 * A wait timeout of zero means one try without waiting. A negative one is refused; one of more than a
 * hundred years counts as a hundred years. The backend has a moment more to answer (see the
 * lock's configuration), so that a silent backend ends in a {@link LockBackendException} and never in a hang.
 *
 * <p>All methods may be called from any thread, platform or virtual. After {@link #close} they throw
 * {@link LockClosedException}.
 */
public interface DistributedLock extends AutoCloseable {
    /** The greatest length of a resource's or a client's name, in bytes of UTF-8. */
    int MAX_NAME_BYTES = 1024;

    /**
     * The options that apply where a call names none.
     *
     * @return the default options of this lock
     */
    LockOptions defaultOptions();

    /**
     * Waits for a resource.
     *
     * @param resource what to lock
     * @param client who asks
     * @param timeout how long to wait at most
     * @param options lease and renewal
     * @return the hold
     * @throws LockTimeoutException if somebody else held the resource all that time
     * @throws InterruptedException if the thread is interrupted before or during the wait; nothing is left behind then
     * @throws LockBackendException if the backend failed or did not answer
     */
    LockHandle acquire(String resource, String client, Duration timeout, LockOptions options)
            throws InterruptedException;

    /**
     * Waits for a resource, with the default options.
     *
     * @param resource what to lock
     * @param client who asks
     * @param timeout how long to wait at most
     * @return the hold
     * @throws LockTimeoutException if somebody else held the resource all that time
     * @throws InterruptedException if the thread is interrupted before or during the wait; nothing is left behind then
     * @throws LockBackendException if the backend failed or did not answer
     */
    default LockHandle acquire(String resource, String client, Duration timeout) throws InterruptedException {
        return acquire(resource, client, timeout, defaultOptions());
    }

    /**
     * Waits for a resource, and returns nothing where {@link #acquire(String, String, Duration, LockOptions) acquire}
     * throws a {@link LockTimeoutException}.
     *
     * @param resource what to lock
     * @param client who asks
     * @param timeout how long to wait at most
     * @param options lease and renewal
     * @return the hold, or empty if somebody else held the resource all that time
     * @throws InterruptedException if the thread is interrupted before or during the wait; nothing is left behind then
     * @throws LockBackendException if the backend failed or did not answer: a failure never reads as "held"
     */
    Optional<LockHandle> tryAcquire(String resource, String client, Duration timeout, LockOptions options)
            throws InterruptedException;

    /**
     * Waits for a resource, with the default options, and returns nothing if it didn't become free in time.
     *
     * @param resource what to lock
     * @param client who asks
     * @param timeout how long to wait at most
     * @return the hold, or empty if somebody else held the resource all that time
     * @throws InterruptedException if the thread is interrupted before or during the wait; nothing is left behind then
     * @throws LockBackendException if the backend failed or did not answer: a failure never reads as "held"
     */
    default Optional<LockHandle> tryAcquire(String resource, String client, Duration timeout)
            throws InterruptedException {
        return tryAcquire(resource, client, timeout, defaultOptions());
    }

    /**
     * Takes a resource if it is free: one try, no waiting, the default options.
     *
     * @param resource what to lock
     * @param client who asks
     * @return the hold, or empty if somebody else holds the resource
     * @throws InterruptedException if the thread is interrupted before the backend has answered; nothing is left behind
     *     then
     * @throws LockBackendException if the backend failed or did not answer: a failure never reads as "held"
     */
    default Optional<LockHandle> tryAcquire(String resource, String client) throws InterruptedException {
        return tryAcquire(resource, client, Duration.ZERO, defaultOptions());
    }

    /**
     * Asks for a resource without blocking; while it waits it costs no thread.
     *
     * <p>Cancelling the future, or completing it in any other way ({@link CompletableFuture#orTimeout}), withdraws the
     * request, also if the grant is on its way. This is so for the returned future itself, not for those derived from
     * it: {@code thenApply} and the like pass no cancellation back.
     *
     * @param resource what to lock
     * @param client who asks
     * @param timeout how long to wait at most
     * @param options lease and renewal
     * @return completes with the hold; exceptionally with a {@link LockTimeoutException}, {@link LockBackendException},
     *     or {@link LockClosedException} if this is closed while the request waits. Unless it is complete already, it
     *     is completed on the lock's callback executor.
     * @throws LockClosedException if this is closed already
     */
    CompletableFuture<LockHandle> acquireAsync(String resource, String client, Duration timeout, LockOptions options);

    /**
     * Asks for a resource without blocking, with the default options.
     *
     * @param resource what to lock
     * @param client who asks
     * @param timeout how long to wait at most
     * @return as {@link #acquireAsync(String, String, Duration, LockOptions)}
     */
    default CompletableFuture<LockHandle> acquireAsync(String resource, String client, Duration timeout) {
        return acquireAsync(resource, client, timeout, defaultOptions());
    }

    /**
     * Ends the hold that a client has of a resource, whichever process acquired it. An operator ends anybody's hold in
     * this way: {@link #inspect} tells the client.
     *
     * <p>Prefer closing the handle, which can't end a newer hold of the same client.
     *
     * @param resource what is held
     * @param client who holds it
     * @return true if this call ended a hold; false if the client held nothing
     * @throws LockBackendException if the backend failed or did not answer; repeating the call is safe
     */
    boolean release(String resource, String client);

    /**
     * Extends the lease of the hold that a client has of a resource to its full length from now.
     *
     * @param resource what is held
     * @param client who holds it
     * @return true if it was extended; false if the client holds nothing, and then nothing is revived
     * @throws LockBackendException if the backend failed or did not answer; repeating the call is safe
     */
    boolean heartbeat(String resource, String client);

    /**
     * Looks at a resource, without changing anything.
     *
     * @param resource what to look at
     * @return the present hold, or empty if the resource is free
     * @throws LockBackendException if the backend failed or did not answer
     */
    Optional<LockInfo> inspect(String resource);

    /**
     * Acquires a resource, does some work under it, and releases it. A hold that is lost meanwhile doesn't stop the
     * work: let it ask {@link LockHandle#ensureValid} or use the token where that matters.
     *
     * <p>Don't nest calls of one client for one resource: holds aren't counted, so the inner call joins the hold, releases it at its
     * end, and the outer work goes on without it, as its handle's {@link LockHandle#isValid} tells.
     *
     * @param resource what to lock
     * @param client who asks
     * @param timeout how long to wait at most
     * @param work what to do; it gets the hold
     * @param <T> what the work returns
     * @param <X> what the work throws
     * @return what the work returned
     * @throws X if the work throws it; the resource is released all the same
     * @throws LockTimeoutException if somebody else held the resource all that time; the work wasn't begun
     * @throws InterruptedException if the thread is interrupted before or during the wait; the work wasn't begun
     * @throws LockBackendException if the backend failed or did not answer; the work wasn't begun
     */
    default <T extends @Nullable Object, X extends Exception> T withLock(
            String resource, String client, Duration timeout, LockedFunction<T, X> work)
            throws X, InterruptedException {
        return withLock(resource, client, timeout, defaultOptions(), work);
    }

    /**
     * Acquires a resource with options of its own, does some work under it, and releases it; otherwise as
     * {@link #withLock(String, String, Duration, LockedFunction)}.
     *
     * @param resource what to lock
     * @param client who asks
     * @param timeout how long to wait at most
     * @param options lease and renewal
     * @param work what to do; it gets the hold
     * @param <T> what the work returns
     * @param <X> what the work throws
     * @return what the work returned
     * @throws X if the work throws it; the resource is released all the same
     * @throws LockTimeoutException if somebody else held the resource all that time; the work wasn't begun
     * @throws InterruptedException if the thread is interrupted before or during the wait; the work wasn't begun
     * @throws LockBackendException if the backend failed or did not answer; the work wasn't begun
     */
    default <T extends @Nullable Object, X extends Exception> T withLock(
            String resource, String client, Duration timeout, LockOptions options, LockedFunction<T, X> work)
            throws X, InterruptedException {
        Objects.requireNonNull(work, "work");
        try (LockHandle hold = acquire(resource, client, timeout, options)) {
            return work.apply(hold);
        }
    }

    /**
     * A view of this lock that remembers the client.
     *
     * @param client who asks in all calls through the view
     * @return the view; it needs no closing
     */
    default LockClient client(String client) {
        return new LockClient(this, client);
    }

    /**
     * A view of this lock for a client with a made-up name that no other has: a random UUID.
     *
     * @return the view; it needs no closing
     */
    default LockClient newClient() {
        return client(UUID.randomUUID().toString());
    }

    /**
     * Releases all holds that were acquired through this lock, withdraws all waiting requests, which fail with a
     * {@link LockClosedException}, and stops its threads. Returns when the backend has answered, or gives up after a
     * moment: what could not be released ends with its lease. The second call does nothing.
     */
    @Override
    void close();
}
