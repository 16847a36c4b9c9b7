package io.holdfast;

/**
 * Everything that Holdfast throws besides {@link NullPointerException} and {@link IllegalArgumentException} for bad
 * arguments and {@link InterruptedException} for an interrupted wait.
 *
 * <p>Catch a subclass to handle one case, or this class to handle them all.
 */
public abstract class LockException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LockException(String message) {
        super(message);
    }

    LockException(String message, Throwable cause) {
        super(message, cause);
    }
}
