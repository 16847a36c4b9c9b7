package io.holdfast.etcd;

import io.grpc.Status;
import io.holdfast.LockBackendException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;

/** Tells etcd's failures apart, and says them in the words of {@link LockBackendException}. */
final class Failures {
    private Failures() {}

    /** The exception itself, out of what futures wrap around it. */
    static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Whether the same request may succeed if it is sent again in a moment. */
    static boolean isTransient(Throwable thrown) {
        if (unwrap(thrown) instanceof LockBackendException) {
            return false;
        }
        return switch (Status.fromThrowable(thrown).getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED -> true;
            case RESOURCE_EXHAUSTED -> description(thrown).contains("too many requests");
            // A stream that was reset in the middle of a call.
            case INTERNAL, CANCELLED -> true;
            case UNKNOWN ->
                description(thrown).contains("leader changed")
                        || description(thrown).contains("raft proposal dropped");
            default -> false;
        };
    }

    /** Whether the request names a lease that doesn't exist; it has then changed nothing. */
    static boolean isLeaseGone(Throwable thrown) {
        return description(thrown).contains("requested lease not found");
    }

    /** Whether a lease of the wanted id exists already. */
    static boolean isLeaseThere(Throwable thrown) {
        return description(thrown).contains("lease already exists");
    }

    /** Whether the server wants another token of authentication; it has then changed nothing. */
    static boolean isTokenExpired(Throwable thrown) {
        String description = description(thrown);
        return description.contains("invalid auth token") || description.contains("revision of auth store is old");
    }

    /** Whether the request has certainly changed nothing. */
    static boolean isNotApplied(Throwable thrown) {
        Throwable cause = unwrap(thrown);
        if (cause instanceof LockBackendException known) {
            return known.outcomeKnown();
        }
        return switch (Status.fromThrowable(cause).getCode()) {
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    FAILED_PRECONDITION,
                    RESOURCE_EXHAUSTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED -> true;
            case UNAVAILABLE -> wasNeverSent(cause);
            default -> false;
        };
    }

    private static boolean wasNeverSent(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    /**
     * The failure of a command.
     *
     * @param command what was tried
     * @param changesNothing whether it is known for another reason that nothing has changed, for example because nothing was
     *     to be
     */
    static LockBackendException of(String command, Throwable thrown, boolean changesNothing) {
        Throwable cause = unwrap(thrown);
        if (cause instanceof LockBackendException known) {
            return known;
        }
        String message = command + " failed: " + explain(cause);
        return changesNothing || isNotApplied(cause)
                ? LockBackendException.notApplied(message, cause)
                : LockBackendException.outcomeUnknown(message, cause);
    }

    /** The failure of a command of which an earlier copy may have been carried out, whatever has become of the last one. */
    static LockBackendException inDoubt(String command, Throwable thrown) {
        Throwable cause = unwrap(thrown);
        String why = cause instanceof LockBackendException ? String.valueOf(cause.getMessage()) : explain(cause);
        return LockBackendException.outcomeUnknown(command + " failed: " + why, cause);
    }

    private static String explain(Throwable cause) {
        Status status = Status.fromThrowable(cause);
        String description = description(cause);
        if (description.contains("database space exceeded") || description.contains("no space")) {
            return "etcd is out of space and takes no writes until it is compacted and its alarm disarmed";
        }
        if (description.contains("request is too large")) {
            return "etcd refuses the request as too large";
        }
        if (description.contains("authentication failed")) {
            return "etcd refuses the user or the password";
        }
        if (description.contains("user name is empty") || description.contains("user name not found")) {
            return "etcd wants a user and a password";
        }
        Optional<SSLException> tls = tlsFailure(cause);
        if (tls.isPresent()) {
            return "no TLS connection to etcd could be made: " + tls.get().getMessage();
        }
        if (isHttp(description)) {
            return "the server does not speak etcd's protocol" + because(description);
        }
        return switch (status.getCode()) {
            case PERMISSION_DENIED -> "etcd denies the permission";
            case UNAUTHENTICATED -> "etcd refuses the authentication" + because(description);
            case DEADLINE_EXCEEDED -> "etcd did not answer in time";
            case UNIMPLEMENTED -> "the server does not speak etcd's protocol" + because(description);
            case UNAVAILABLE -> unavailable(cause, description);
            case UNKNOWN -> "etcd says" + because(description);
            default -> "etcd says " + status.getCode() + because(description);
        };
    }

    private static String unavailable(Throwable cause, String description) {
        if (description.contains("no leader") || description.contains("leader changed")) {
            return "etcd has no leader";
        }
        if (description.contains("request timed out")) {
            return "etcd could not agree on the request in time; it may have lost its quorum";
        }
        if (description.contains("Network closed for unknown reason") || wasReset(cause)) {
            return "etcd can't be reached: it closes the connection without a word; it may want TLS, or none, or have just stopped";
        }
        return "etcd can't be reached" + because(description);
    }

    /** What a server does that closes a connection before it has read all of it. */
    private static boolean wasReset(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException reset && "Connection reset".equals(reset.getMessage())) {
                return true;
            }
        }
        return false;
    }

    private static Optional<SSLException> tlsFailure(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException tls) {
                return Optional.of(tls);
            }
        }
        return Optional.empty();
    }

    private static boolean isHttp(String description) {
        String lower = description.toLowerCase(Locale.ROOT);
        return lower.contains("http/1")
                || lower.contains("http2 exception")
                || lower.contains("not an http2")
                || lower.contains("invalid content-type")
                || lower.contains("http status code");
    }

    /** What gRPC says after the first line is about itself. */
    private static String because(String description) {
        return description.isEmpty()
                ? ""
                : ": " + description.lines().findFirst().orElse("");
    }

    private static String description(Throwable thrown) {
        Status status = Status.fromThrowable(unwrap(thrown));
        String description = status.getDescription();
        return description == null ? "" : description;
    }
}
