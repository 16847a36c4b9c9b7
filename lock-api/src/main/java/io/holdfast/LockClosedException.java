package io.holdfast;

/** The {@link DistributedLock} has been closed: before the call, or while it waited. Nothing of the request remains. */
public final class LockClosedException extends LockException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public LockClosedException() {
        super("this DistributedLock is closed");
    }
}
