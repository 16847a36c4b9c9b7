/**
 * The lock manager, which turns any {@link io.holdfast.spi.LockBackend} into a {@link io.holdfast.DistributedLock}: it adds deadlines,
 * handles, renewal, the detection of lost holds, cancellation and an orderly end. It knows no store.
 */
@NullMarked
package io.holdfast.core;

import org.jspecify.annotations.NullMarked;
