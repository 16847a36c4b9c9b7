package io.holdfast.conformance.history;

/**
 * One call as it was seen from outside: it took effect, if it did, at one moment between its start and its end.
 *
 * @param process which process made it
 * @param kind what it asked
 * @param request the acquire's request id, for {@link Kind#ACQUIRE} and {@link Kind#WITHDRAW}; otherwise 0
 * @param resource which resource it was about
 * @param client whose hold it was about; the holder that it found, for {@link Kind#INSPECT}
 * @param token the fencing token that was granted, asked for or found; 0 for none
 * @param leaseNanos the lease that was asked for or granted, for {@link Kind#ACQUIRE}; otherwise 0
 * @param waitNanos how long it was willing to wait in the queue, for {@link Kind#ACQUIRE}; otherwise 0
 * @param startedAt just before it was sent; a moment on a clock that all processes share, in nanoseconds
 * @param queuedAt when it learnt that it has a place in the queue, or {@link #NEVER}
 * @param endedAt just after it was answered, or {@link #NEVER}
 * @param outcome what it was told
 */
public record Call(
        String process,
        Kind kind,
        long request,
        String resource,
        String client,
        long token,
        long leaseNanos,
        long waitNanos,
        long startedAt,
        long queuedAt,
        long endedAt,
        Outcome outcome) {
    /** Stands for a moment that has not come. */
    public static final long NEVER = Long.MAX_VALUE;

    boolean is(Kind wanted, Outcome told) {
        return kind == wanted && outcome == told;
    }

    /** Whether this call was over before the other began, so that no order of effects may swap them. */
    boolean precedes(Call later) {
        return endedAt < later.startedAt;
    }

    @Override
    public String toString() {
        String asked = process + " " + kind + " " + resource + " by " + client;
        return asked + (token == 0 ? "" : " token " + token) + " -> " + outcome;
    }
}
