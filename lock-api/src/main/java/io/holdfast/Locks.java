package io.holdfast;

import java.net.URI;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.TreeSet;

/**
 * Opens the lock that a URI names, so that a line of configuration chooses the backend. The backend's module must be on
 * the class path; each has its own page on what its URIs can say.
 */
public final class Locks {
    private Locks() {}

    /**
     * Opens a lock. {@code memory:} is a new lock in this process's memory, shared with no other.
     *
     * @param uri the scheme chooses the backend, the rest is its configuration
     * @return the lock, to be closed by the caller
     * @throws IllegalArgumentException if the text isn't a URI, no backend on the class path answers to its scheme, or
     *     the backend can't make sense of the rest. The message never repeats more of the URI than its scheme: it may
     *     hold a password.
     * @throws LockBackendException if the backend could not be reached
     */
    public static DistributedLock open(String uri) {
        Objects.requireNonNull(uri, "uri");
        URI parsed = parse(uri);
        TreeSet<String> known = new TreeSet<>();
        for (LockProvider provider : ServiceLoader.load(LockProvider.class)) {
            if (provider.schemes().contains(parsed.getScheme())) {
                return provider.open(parsed);
            }
            known.addAll(provider.schemes());
        }
        throw new IllegalArgumentException("no backend on the class path for the scheme '" + parsed.getScheme()
                + "'; there are backends for " + known);
    }

    private static URI parse(String uri) {
        int colon = uri.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("uri must begin with a scheme, as in 'memory:'");
        }
        // "memory:" alone is what people write, but java.net.URI wants something after the colon.
        String complete = colon == uri.length() - 1 ? uri + "/" : uri;
        try {
            return URI.create(complete);
        } catch (IllegalArgumentException malformed) {
            // Neither the text nor the cause goes into the exception: both repeat the whole URI, password included.
            throw new IllegalArgumentException("uri with the scheme '" + uri.substring(0, colon) + "' is malformed");
        }
    }
}
