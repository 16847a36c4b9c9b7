package io.holdfast.core;

import io.holdfast.LockInfo;

/** What an acquire has come to when its call to the backend returns. */
sealed interface Begun permits HeldLock, PendingAcquire, Begun.Refused {
    /** Somebody else holds the resource, and the caller doesn't want to wait. */
    record Refused(LockInfo holder) implements Begun {}
}
