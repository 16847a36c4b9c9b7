package io.holdfast.spi;

/**
 * The backend's answer that a hold has begun, or that the client had it already. Once it is handed out, its lease and
 * end may only grow.
 */
public non-sealed interface Grant extends AcquireReply, HoldRef {
    /**
     * The hold's fencing token.
     *
     * @return a number greater than 0, and than the token of every earlier hold of the resource
     */
    @Override
    long token();

    /**
     * The lease that was granted, not shorter than the one asked for.
     *
     * @return how long the hold lasts without renewal, in milliseconds
     */
    long leaseMillis();

    /**
     * Until when the hold certainly lasts if it isn't renewed: not later than the backend could let another client in,
     * whatever happened to the answer on its way. The moment before the request was sent, plus the lease, minus what
     * the two clocks may drift apart meanwhile, is always right. A grant that
     * arrives when this is over is asked for again by the manager, once.
     *
     * @return a moment on this process's {@link Ticker}
     */
    long validUntil();
}
