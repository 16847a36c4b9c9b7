package io.holdfast.redis.wire;

import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Opens sessions: connects, and hears the server say that it serves. Blocks. Thread-safe. */
final class Opener {
    private final Dialer dialer;
    private final boolean tls;
    private final AtomicLong epochs = new AtomicLong();

    /**
     * Connects to nobody yet.
     *
     * @param dialer makes the connections
     * @param tls whether it is known to speak TLS
     */
    Opener(Dialer dialer, boolean tls) {
        this.dialer = dialer;
        this.tls = tls;
    }

    /**
     * Connects to a server.
     *
     * @param server where to
     * @param nanos how long each step may take
     * @return a session on which the server has answered
     * @throws Unreachable if the server can't be reached, or doesn't serve
     */
    Session open(HostAndPort server, long nanos) throws Unreachable {
        Connection connection = dial(server, nanos);
        Session session = new Session(connection, new Node(nameOf(connection, server), epochs.incrementAndGet()));
        try {
            Object answer = session.ask(nanos, Protocol.Command.PING);
            if (answer instanceof JedisDataException error && !mayNotPing(error)) {
                throw new Unreachable(Failures.greeted(server.toString(), error));
            }
            session.greeted();
            return session;
        } catch (JedisException e) {
            session.abort();
            throw new Unreachable(Failures.unreachable(server.toString(), tls, e));
        } catch (Unreachable e) {
            session.abort();
            throw e;
        }
    }

    private Connection dial(HostAndPort server, long nanos) throws Unreachable {
        try {
            return dialer.dial(server, nanos);
        } catch (JedisDataException e) {
            throw new Unreachable(Failures.greeted(server.toString(), e));
        } catch (RuntimeException e) {
            throw new Unreachable(Failures.unreachable(server.toString(), tls, e));
        } catch (Exception e) {
            throw new Unreachable(Failures.unreachable(server.toString(), tls, new JedisException(e)));
        }
    }

    /** A client of the application tells its server by its connections only; and one with sockets of its own kind, not even so. */
    private static String nameOf(Connection connection, HostAndPort server) {
        try {
            return connection.getHostAndPort().toString();
        } catch (ClassCastException e) {
            return server.toString();
        }
    }

    /** A user without that right can still run scripts. */
    private static boolean mayNotPing(JedisDataException error) {
        return String.valueOf(error.getMessage()).startsWith("NOPERM");
    }
}
