package io.holdfast.quorum;

import io.holdfast.LockBackendException;
import java.util.List;
import java.util.stream.Collectors;

/** The failures of several members as one. */
final class LockBackendExceptions {
    private LockBackendExceptions() {}

    /** The failure of a member inside what a future failed with. */
    static LockBackendException in(Throwable thrown) {
        for (Throwable failure = thrown; failure != null; failure = failure.getCause()) {
            if (failure instanceof LockBackendException known) {
                return known;
            }
        }
        return LockBackendException.outcomeUnknown("a command failed: " + thrown, thrown);
    }

    /**
     * Makes one failure of several.
     *
     * @param what what can't be done because of them
     * @param failures what the members that failed said
     * @param applied whether another member may have carried out the command
     */
    static LockBackendException of(String what, List<LockBackendException> failures, boolean applied) {
        String message = what
                + failures.stream()
                        .map(LockBackendException::getMessage)
                        .collect(Collectors.joining("; ", failures.isEmpty() ? "" : ": ", ""));
        boolean known = !applied && failures.stream().allMatch(LockBackendException::outcomeKnown);
        Throwable cause = failures.isEmpty() ? null : failures.get(0);
        Throwable root = cause != null && cause.getCause() != null ? cause.getCause() : cause;
        return known
                ? LockBackendException.notApplied(message, root)
                : LockBackendException.outcomeUnknown(message, root);
    }
}
