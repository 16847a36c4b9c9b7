/**
 * The in-memory reference engine: {@link io.holdfast.inmemory.LockTable} says in code what a lock does, as a deterministic state machine;
 * {@link io.holdfast.inmemory.InMemoryEngine} runs many of them side by side, fast and on time; {@link io.holdfast.inmemory.InMemoryLocks} is the
 * lock to use.
 */
@NullMarked
package io.holdfast.inmemory;

import org.jspecify.annotations.NullMarked;
