package io.holdfast.spi;

import io.holdfast.LockBackendException;

/** What became of the renewal of one hold. */
public sealed interface RenewOutcome {
    /**
     * The hold lasts, its lease is at full length.
     *
     * @param validUntil until when it certainly lasts now; as {@link Grant#validUntil}
     */
    record Renewed(long validUntil) implements RenewOutcome {}

    /** There is no such hold any more. */
    record Lost() implements RenewOutcome {}

    /**
     * It isn't known whether the hold was renewed or whether it still exists. Asking again is safe.
     *
     * @param cause what happened
     */
    record Unknown(LockBackendException cause) implements RenewOutcome {}
}
