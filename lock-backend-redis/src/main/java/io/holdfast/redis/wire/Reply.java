package io.holdfast.redis.wire;

import org.jspecify.annotations.Nullable;

/**
 * A server's answer to a script, and when it was given: not before {@code sentAt}, not after {@code receivedAt}.
 *
 * <p>A command whose connection broke has been sent more than once; the moments are those of the sending that was
 * answered, but an earlier one may have been carried out too, or be carried out yet: a server that was stopped reads what a
 * broken connection left behind.
 *
 * @param value a {@code Long}, {@code byte[]}, {@code List<Object>} of these, or null, as in RESP2
 * @param sentAt the ticker's reading just before the command was written
 * @param receivedAt the ticker's reading just after the answer was read
 * @param node who answered
 * @param durable whether as many replicas or disks as the {@link Durability} asks for have confirmed in time; true for
 *     a command that didn't ask
 * @param resent whether the command was sent more than once
 */
public record Reply(@Nullable Object value, long sentAt, long receivedAt, Node node, boolean durable, boolean resent) {}
