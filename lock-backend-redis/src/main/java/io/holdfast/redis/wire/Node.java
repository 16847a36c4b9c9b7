package io.holdfast.redis.wire;

/**
 * One server as one connection knew it. Replies and messages of equal nodes come from the same server process, hence
 * from the same clock; after a reconnection the epoch is another one, whether or not the server is.
 *
 * @param name the server's host:port
 * @param epoch grows with each connection of a {@link Wire}
 */
public record Node(String name, long epoch) {}
