package io.holdfast.testservers;

/** Thrown when a Redis server answers a command with an error. The message is the server's own. */
public final class RedisReplyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RedisReplyException(String message) {
        super(message);
    }
}
