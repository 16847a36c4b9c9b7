package io.holdfast.conformance.history;

/** What a recorded call asked. */
public enum Kind {
    /** For a resource. */
    ACQUIRE,
    /** To take an earlier {@link #ACQUIRE} back. */
    WITHDRAW,
    /** To end a hold. */
    RELEASE,
    /** To extend a lease. */
    RENEW,
    /** Who holds a resource. Every answer that names the hold in the way is recorded as one of these, too. */
    INSPECT,
    /** A handle, not the store: whether its hold is valid. Recorded only where it said yes. */
    VALID
}
