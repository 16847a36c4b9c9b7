/**
 * The contract of a lock as JUnit tests. The author of a backend extends
 * {@link io.holdfast.conformance.LockBackendContract} and gives it a {@link io.holdfast.conformance.BackendFixture}; each
 * test names the promise of the contract that it verifies ({@link io.holdfast.conformance.Promise}).
 *
 * <p>{@link io.holdfast.conformance.FaultyBackend} goes between a lock manager and its backend and makes failures to
 * order; it is of use to other tests too.
 */
@NullMarked
package io.holdfast.conformance;

import org.jspecify.annotations.NullMarked;
