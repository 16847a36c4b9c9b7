package io.holdfast.redis.wire;

import org.jspecify.annotations.Nullable;

/**
 * Why a command can't be carried out.
 *
 * @param message names the server and says what to do; no credentials
 * @param cause Jedis's exception, or null
 * @param known whether the server certainly has changed nothing
 * @param cure what may help
 */
record Failure(String message, @Nullable Throwable cause, boolean known, Cure cure) {
    /** What to do about a failure before a caller hears of it. */
    enum Cure {
        /** Nothing helps: the caller must know. */
        NONE,
        /** The server has forgotten its scripts. */
        RELOAD,
        /** The key is at another node of the Cluster. */
        MOVED,
        /** The key is on its way to another node of the Cluster: this once, ask there. */
        ASK,
        /** The server can't serve at the moment. */
        PAUSE,
        /** Another server serves now, or this connection is of no use. */
        RECONNECT
    }
}
