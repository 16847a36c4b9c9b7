package io.holdfast.spi;

import io.holdfast.LockInfo;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A backend's first answer to an {@link AcquireRequest}: {@link Grant granted}, {@link Held held} or {@link Queued
 * queued}.
 */
public sealed interface AcquireReply permits Grant, AcquireReply.Held, AcquireReply.Queued {
    /**
     * Somebody else holds the resource, and the request may not wait. Nothing of it remains in the store.
     *
     * @param holder the hold in the way
     */
    record Held(LockInfo holder) implements AcquireReply {}

    /**
     * Somebody else holds the resource, and the request has its place in the queue.
     *
     * @param holder the hold in the way
     * @param grant completes with the grant; empty if the store dropped the request because its wait was
     *     over; exceptionally with a {@link io.holdfast.LockBackendException} if the backend can't wait any longer. It
     *     stays incomplete after a withdrawal.
     */
    record Queued(LockInfo holder, CompletionStage<Optional<Grant>> grant) implements AcquireReply {}
}
