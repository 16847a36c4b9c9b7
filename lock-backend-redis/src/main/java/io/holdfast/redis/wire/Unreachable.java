package io.holdfast.redis.wire;

/** No server could be found or connected to. */
final class Unreachable extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    Unreachable(Failure failure) {
        super(failure.message(), failure.cause());
        this.failure = failure;
    }

    Failure failure() {
        return failure;
    }
}
