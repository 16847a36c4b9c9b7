package io.holdfast;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The resource was held by somebody else for the whole wait timeout. Nothing of the request remains: neither a hold nor
 * a place in the queue.
 */
public final class LockTimeoutException extends LockException {
    private static final long serialVersionUID = 1L;

    /**
     * Its name.
     *
     * @serial its name
     */
    private final String resource;
    /**
     * Who it is or was about.
     *
     * @serial who it is or was about
     */
    private final String client;
    /**
     * How long the wait was.
     *
     * @serial how long the wait was
     */
    private final Duration timeout;

    private final transient @Nullable LockInfo holder;

    /**
     * Makes the exception for one request.
     *
     * @param resource what was asked for
     * @param client who asked
     * @param timeout how long it was willing to wait
     * @param holder who held the resource when the wait ended, or null if the backend could not say
     */
    public LockTimeoutException(String resource, String client, Duration timeout, @Nullable LockInfo holder) {
        super(describe(resource, client, timeout, holder));
        this.resource = resource;
        this.client = client;
        this.timeout = timeout;
        this.holder = holder;
    }

    private static String describe(String resource, String client, Duration timeout, @Nullable LockInfo holder) {
        String message = "client '" + client + "' did not get resource '" + resource + "' within " + timeout;
        if (holder == null) {
            return message;
        }
        return message + ": held by " + (holder.status() == LockStatus.FOREIGN ? "another program, " : "client ") + "'"
                + holder.client() + "' since " + holder.acquiredAt() + ", " + holder.remaining()
                + " of its lease left, "
                + holder.waiters() + " waiting";
    }

    /**
     * What was asked for.
     *
     * @return the resource's name
     */
    public String resource() {
        return resource;
    }

    /**
     * Who asked for it.
     *
     * @return the client's name
     */
    public String client() {
        return client;
    }

    /**
     * How long the request was willing to wait.
     *
     * @return the wait timeout, zero for a single try
     */
    public Duration timeout() {
        return timeout;
    }

    /**
     * The hold that stood in the way when the wait ended: whose it is, since when, and what is left of its lease. It
     * may have ended since.
     *
     * @return the hold, or empty if the backend could not say or this exception was deserialized
     */
    public Optional<LockInfo> holder() {
        return Optional.ofNullable(holder);
    }
}
