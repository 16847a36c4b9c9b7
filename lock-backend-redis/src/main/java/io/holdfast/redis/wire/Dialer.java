package io.holdfast.redis.wire;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;

/** Makes connections that belong to the caller, logged in and ready. Blocks. */
@FunctionalInterface
interface Dialer {
    /**
     * Connects.
     *
     * @param server where to
     * @param nanos how long each step of it may take, where the caller can say that
     * @return the connection
     * @throws Exception whatever Jedis throws
     */
    Connection dial(HostAndPort server, long nanos) throws Exception;
}
