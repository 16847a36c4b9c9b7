package io.holdfast;

import org.jspecify.annotations.Nullable;

/**
 * The backend failed or did not answer in time. It never means that the resource is held by somebody else: that is a
 * {@link LockTimeoutException}.
 *
 * <p>The cause is the store's own exception where there is one.
 */
public final class LockBackendException extends LockException {
    private static final long serialVersionUID = 1L;

    /**
     * False if the command may have been carried out.
     *
     * @serial false if the command may have been carried out
     */
    private final boolean outcomeKnown;

    private LockBackendException(String message, @Nullable Throwable cause, boolean outcomeKnown) {
        super(message);
        if (cause != null) {
            initCause(cause);
        }
        this.outcomeKnown = outcomeKnown;
    }

    /**
     * A failure of which it is certain that the store has changed nothing.
     *
     * @param message what was tried and what the store said
     * @param cause the store's own exception, or null if there is none
     * @return the exception, whose {@link #outcomeKnown()} is true
     */
    public static LockBackendException notApplied(String message, @Nullable Throwable cause) {
        return new LockBackendException(message, cause, true);
    }

    /**
     * A failure after which the store may or may not have carried out the command: a lost connection, a missing answer.
     *
     * @param message what was tried and what is known
     * @param cause the store's own exception, or null if there is none
     * @return the exception, whose {@link #outcomeKnown()} is false
     */
    public static LockBackendException outcomeUnknown(String message, @Nullable Throwable cause) {
        return new LockBackendException(message, cause, false);
    }

    /**
     * Whether it is certain that the failed command changed nothing in the store. If it is not, asking again with the
     * same client is safe: acquire, release and heartbeat are idempotent. What a failed acquire may have left behind is
     * withdrawn in the background, and ends with its lease at the latest.
     *
     * @return true if nothing was changed, false if that isn't known
     */
    public boolean outcomeKnown() {
        return outcomeKnown;
    }
}
