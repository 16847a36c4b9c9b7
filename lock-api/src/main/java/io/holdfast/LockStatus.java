package io.holdfast;

/** Whose hold a {@link LockInfo} describes. */
public enum LockStatus {
    /** A client of Holdfast holds the resource. */
    HELD,
    /**
     * Another program holds the resource in the backend's own way, without Holdfast. The fencing token is then 0 and
     * the client whatever that program wrote down.
     */
    FOREIGN
}
