package io.holdfast.redis.wire;

import java.net.Socket;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Connects as a configuration says. */
final class ConfiguredDialer implements Dialer {
    private final JedisClientConfig config;

    ConfiguredDialer(JedisClientConfig config) {
        this.config = config;
    }

    @Override
    public Connection dial(HostAndPort server, long nanos) {
        int millis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
        JedisClientConfig timed = DefaultJedisClientConfig.builder()
                .from(config)
                .connectionTimeoutMillis(millis)
                .socketTimeoutMillis(millis)
                .build();
        return new Connection(new OneSocket(server, timed), timed);
    }

    /** Keeps Jedis from connecting a second time behind our backs, without password and database. */
    private static final class OneSocket extends DefaultJedisSocketFactory {
        private boolean used;

        OneSocket(HostAndPort server, JedisClientConfig config) {
            super(server, config);
        }

        @Override
        public Socket createSocket() {
            if (used) {
                throw new JedisConnectionException("the connection has been closed");
            }
            used = true;
            return super.createSocket();
        }
    }
}
