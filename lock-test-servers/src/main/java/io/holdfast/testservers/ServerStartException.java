package io.holdfast.testservers;

/** Thrown when a server can't be found or doesn't start. The message says what to do, or what the server said last. */
public final class ServerStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ServerStartException(String message) {
        super(message);
    }

    ServerStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
