package io.holdfast.spi;

/**
 * Connects to one store that has been configured, for locks that are made of several: what can't be said in a URI is said to
 * the builder of the store's own locks, which is such a factory.
 */
@FunctionalInterface
public interface BackendFactory {
    /**
     * Connects to the store.
     *
     * @param ticker the time that grants are valid by
     * @param scheduler runs what the backend has to do later; agrees with the ticker
     * @return a new backend, to be closed by the caller
     * @throws IllegalArgumentException if what has been configured makes no sense
     * @throws io.holdfast.LockBackendException if the store could not be reached; it may be asked for again later, on another thread, but
     *     never by two at a time
     */
    LockBackend backend(Ticker ticker, Scheduler scheduler);
}
