package io.holdfast;

import org.jspecify.annotations.Nullable;

/**
 * Work done under a lock.
 *
 * @param <T> what it returns
 * @param <X> what it may throw besides unchecked exceptions
 */
@FunctionalInterface
public interface LockedFunction<T extends @Nullable Object, X extends Exception> {
    /**
     * Does the work.
     *
     * @param hold the hold under which it runs; released afterwards by the caller
     * @return the result
     * @throws X as the work sees fit
     */
    T apply(LockHandle hold) throws X;
}
