/**
 * Locks that survive the loss of any minority of several independent stores: {@link io.holdfast.quorum.QuorumLocks} opens
 * them, {@link io.holdfast.quorum.QuorumBackend} is the backend.
 *
 * <p>The algorithm, and why it is right, is in {@code docs/quorum.md}. {@link io.holdfast.quorum.Attempt} acquires,
 * {@link io.holdfast.quorum.Poll} asks all members for everything else, {@link io.holdfast.quorum.Standing} knows which
 * members' votes count.
 */
@NullMarked
package io.holdfast.quorum;

import org.jspecify.annotations.NullMarked;
