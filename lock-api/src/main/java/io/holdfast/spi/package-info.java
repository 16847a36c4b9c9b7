/**
 * What a store implements to become a lock: {@link io.holdfast.spi.LockBackend}, the values that pass through it, and
 * the two sources of time.
 *
 * <p>A backend knows one store. It knows nothing of threads that wait, handles, renewal loops or deadlines of callers:
 * a lock manager adds these to any backend.
 */
@NullMarked
package io.holdfast.spi;

import org.jspecify.annotations.NullMarked;
