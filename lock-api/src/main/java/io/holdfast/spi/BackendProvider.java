package io.holdfast.spi;

import java.net.URI;
import java.util.Set;

/**
 * Connects to the store that a URI names. Found by {@link java.util.ServiceLoader}, for backends that are made of others:
 * sharded and quorum locks. A store's {@link io.holdfast.LockProvider} usually implements this too.
 */
public interface BackendProvider {
    /**
     * The URI schemes that this provider answers to.
     *
     * @return schemes in lower case, without the colon
     */
    Set<String> schemes();

    /**
     * Connects to a store.
     *
     * @param uri a URI with one of the {@link #schemes()}
     * @param ticker the time that grants are valid by
     * @param scheduler runs what the backend has to do later; agrees with the ticker
     * @return the backend, to be closed by the caller
     * @throws IllegalArgumentException if the URI makes no sense to this backend; the message must not repeat
     *     credentials
     * @throws io.holdfast.LockBackendException if the store could not be reached
     */
    LockBackend connect(URI uri, Ticker ticker, Scheduler scheduler);
}
