package io.holdfast;

import java.net.URI;
import java.util.Set;

/** Opens locks by URI. Found by {@link java.util.ServiceLoader}; used through {@link Locks#open}. */
public interface LockProvider {
    /**
     * The URI schemes that this provider answers to.
     *
     * @return schemes in lower case, without the colon
     */
    Set<String> schemes();

    /**
     * Opens a lock.
     *
     * @param uri a URI with one of the {@link #schemes()}
     * @return the lock, to be closed by the caller
     * @throws IllegalArgumentException if the URI makes no sense to this backend; the message must not repeat
     *     credentials
     * @throws LockBackendException if the backend could not be reached
     */
    DistributedLock open(URI uri);
}
