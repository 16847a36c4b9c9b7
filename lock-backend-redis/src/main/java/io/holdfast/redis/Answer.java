package io.holdfast.redis;

import io.holdfast.redis.wire.Node;

/** What the acquire script said. */
sealed interface Answer {
    /**
     * The client holds the resource.
     *
     * @param durable whether as many replicas have confirmed it as were asked for
     */
    record Granted(RedisGrant grant, boolean durable) implements Answer {}

    /** Somebody else holds the resource; the request isn't in the queue. */
    record Refused(LockValue holder) implements Answer {}

    /** Somebody else holds the resource; the request is in the queue. */
    record Placed(LockValue holder, Node node, long sentAt, long receivedAt) implements Answer {}

    /** The request had been withdrawn before. */
    record Withdrawn() implements Answer {}
}
