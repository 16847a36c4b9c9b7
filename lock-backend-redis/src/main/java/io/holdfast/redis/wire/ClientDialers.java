package io.holdfast.redis.wire;

import java.io.Serial;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisClusterCRC16;
import redis.clients.jedis.util.Pool;

/**
 * Connect as the application's own Jedis client does: by the factory of its pool, but outside of the pool, so that
 * neither takes connections from the other.
 */
final class ClientDialers {
    private ClientDialers() {}

    static Dialer of(RedisClient client) {
        return (server, nanos) -> make(client.getPool());
    }

    static Dialer of(RedisSentinelClient client) {
        return (server, nanos) ->
                make(client.getPrimaryNodesConnectionMap().values().iterator().next());
    }

    /** A node that the client hasn't heard of yet is made known to it by a harmless command for one of its slots. */
    static Dialer of(RedisClusterClient client, ToIntFunction<HostAndPort> slotOf) {
        return (server, nanos) -> {
            if (!client.getClusterNodes().containsKey(server.toString())) {
                introduce(client, slotOf.applyAsInt(server));
            }
            Pool<Connection> pool = client.getClusterNodes().get(server.toString());
            if (pool == null) {
                throw new JedisConnectionException("the Jedis client doesn't know the node " + server);
            }
            return make(pool);
        };
    }

    /** The server of a client that tells it only by its connections. */
    static HostAndPort server() {
        return new ItsServer();
    }

    private static final class ItsServer extends HostAndPort {
        @Serial
        private static final long serialVersionUID = 1L;

        ItsServer() {
            super("localhost", Protocol.DEFAULT_PORT);
        }

        @Override
        public String toString() {
            return "the server of the Jedis client";
        }
    }

    static Set<HostAndPort> nodes(RedisClusterClient client) {
        return client.getClusterNodes().keySet().stream().map(HostAndPort::from).collect(Collectors.toSet());
    }

    /** Knows the primary because the client does. */
    static Primary.Finder finder(RedisSentinelClient client) {
        return new Primary.Finder() {
            @Override
            public HostAndPort find(long nanos) {
                return client.getCurrentMaster();
            }

            @Override
            public boolean isElsewhere(Node node) {
                return !client.getCurrentMaster().toString().equals(node.name());
            }

            @Override
            public String name() {
                return "primary";
            }
        };
    }

    private static Connection make(Pool<Connection> pool) throws Exception {
        return pool.getFactory().makeObject().getObject();
    }

    private static void introduce(RedisClusterClient client, int slot) {
        if (slot < 0) {
            return;
        }
        try {
            client.exists(keyOf(slot));
        } catch (JedisException e) {
            // What matters is whether it knows the node now.
        }
    }

    private static String keyOf(int slot) {
        int number = 0;
        while (JedisClusterCRC16.getSlot("holdfast" + number) != slot) {
            number++;
        }
        return "holdfast" + number;
    }
}
