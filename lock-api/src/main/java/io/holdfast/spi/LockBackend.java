package io.holdfast.spi;

import io.holdfast.LockInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One store of locks, as one process is connected to it. Asynchronous: no method waits for the store, but for those of the
 * {@linkplain #blocking view for callers that wait}, and none throws what went wrong there; the returned stage fails with a {@link io.holdfast.LockBackendException} instead, whose
 * {@code outcomeKnown} is true only if the store certainly has changed nothing.
 *
 * <p>Every command may be sent again, and must then do nothing twice. After a lost connection, a backend may send the
 * commands that were not answered again by itself; a request's acquire and its withdrawal must reach the store in the
 * order in which they were called. The stages may be completed on any thread; who
 * completes them holds no lock and must expect short callbacks to run.
 *
 * <p>Implementations are thread-safe.
 */
public interface LockBackend extends AutoCloseable {
    /**
     * Asks for a resource. A free one is granted at once, and so is one that the client holds already: with its token
     * unchanged, and its lease extended to the longer of the present one and the one asked for, never shortened.
     * Otherwise the request is refused or queued, as its {@code waitNanos} say. A request of a client that waits
     * already shares that client's place.
     *
     * <p>A queued request is granted in its turn, without anyone asking again; the store drops it once its wait is
     * over, when its turn comes at the latest.
     *
     * @param request what is asked
     * @return completes with the store's first answer
     */
    CompletionStage<AcquireReply> acquire(AcquireRequest request);

    /**
     * Takes a request back, whatever has become of it: it gives up its place in the queue, or the hold that it was
     * granted, unless another request shares it. Does nothing for a request that is unknown, or whose hold has been
     * released or has expired. After it completes, nothing of the request remains in the store.
     *
     * @param request the request, which may or may not have been answered
     * @return completes with the hold that stands in the way of such a request now, if there is one
     */
    CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request);

    /**
     * Ends a hold, for all requests that share it; the next waiter gets the resource.
     *
     * @param hold which hold; without a token, whichever the client has
     * @return completes with true if this call ended it, with false if there is no such hold
     */
    CompletionStage<Boolean> release(HoldRef hold);

    /**
     * Extends the leases of many holds to their full length from now; never revives one that has ended, never shortens
     * one.
     *
     * @param holds which holds; without a token, whichever the client has
     * @return completes with one outcome for each, in the same order
     */
    CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds);

    /**
     * Looks at a resource.
     *
     * @param resource its name
     * @return completes with the present hold, or empty if the resource is free
     */
    CompletionStage<Optional<LockInfo>> inspect(String resource);

    /**
     * The same store for callers that wait for the answer anyway. The commands of this view may talk to the store on the
     * calling thread, which spares two hand-overs between threads; they take no longer than the backend's own answer timeout,
     * and may as well return a stage that is not complete yet. An interrupt doesn't end such a call early, and stays
     * set. Virtual threads call them too: no monitor is held while they wait.
     *
     * <p>In all else the view is this backend: the same connection, capabilities and {@link #close}. A request's acquire and its
     * withdrawal reach the store in the order in which they were called, also if one is called here and the other
     * there.
     *
     * <p>A backend whose commands never wait for anything has no use for a view: by default this returns the backend itself.
     *
     * @return the same view at every call
     */
    default LockBackend blocking() {
        return this;
    }

    /**
     * How long the store may take to answer a command before it counts as failed, unless the caller of the lock manager sets something else.
     *
     * @return the same value at every call, from one millisecond to one hour; one second by default
     */
    default Duration answerTimeout() {
        return Duration.ofSeconds(1);
    }

    /**
     * What this backend can and can't do.
     *
     * @return the same value at every call
     */
    Capabilities capabilities();

    /** Ends the connection and fails what is still under way. The second call does nothing. */
    @Override
    void close();
}
