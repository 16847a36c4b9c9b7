package io.holdfast;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Opens the lock that a URI names, so that a line of configuration chooses the backend. The backend's module must be on
 * the class path; each has its own page on what its URIs can say.
 */
public final class Locks {
    /** RFC 3986, section 3.1. */
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*");

    private Locks() {}

    /**
     * Opens a lock. {@code memory:} is a new lock in this process's memory, shared with no other.
     *
     * @param uri the scheme, in letters of either case, chooses the backend; the rest is its configuration
     * @return the lock, to be closed by the caller
     * @throws IllegalArgumentException if the text isn't a URI, no backend on the class path answers to its scheme, or
     *     the backend can't make sense of the rest. The message never repeats more of the URI than its scheme: it may
     *     hold a password.
     * @throws LockBackendException if the backend could not be reached
     */
    public static DistributedLock open(String uri) {
        Objects.requireNonNull(uri, "uri");
        String scheme = schemeOf(uri);
        URI parsed = parse(scheme, uri.substring(scheme.length() + 1));
        TreeSet<String> known = new TreeSet<>();
        for (LockProvider provider : ServiceLoader.load(LockProvider.class)) {
            if (provider.schemes().contains(scheme)) {
                return provider.open(parsed);
            }
            known.addAll(provider.schemes());
        }
        throw new IllegalArgumentException(
                "no backend on the class path for the scheme '" + scheme + "'; there are backends for " + known);
    }

    /** The scheme in lower case. What doesn't look like one may be a password, and isn't repeated. */
    private static String schemeOf(String uri) {
        String scheme = uri.substring(0, Math.max(0, uri.indexOf(':')));
        if (!SCHEME.matcher(scheme).matches()) {
            throw new IllegalArgumentException("uri must begin with a scheme, as in 'memory:'");
        }
        return scheme.toLowerCase(Locale.ROOT);
    }

    private static URI parse(String scheme, String rest) {
        // "memory:" alone is what people write, but java.net.URI wants something after the colon.
        String complete = scheme + ":" + (rest.isEmpty() ? "/" : rest);
        try {
            return URI.create(complete);
        } catch (IllegalArgumentException malformed) {
            // Neither the text nor the cause goes into the exception: both repeat the whole URI, password included.
            throw new IllegalArgumentException("uri with the scheme '" + scheme + "' is malformed");
        }
    }
}
