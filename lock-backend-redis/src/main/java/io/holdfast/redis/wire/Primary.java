package io.holdfast.redis.wire;

import io.holdfast.redis.wire.Failure.Cure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** The server that Sentinels call the primary, at the time of connecting. */
final class Primary implements Placement {
    private static final byte[] MASTER = "master".getBytes(StandardCharsets.US_ASCII);

    private final Finder finder;
    private final Opener opener;

    Primary(Finder finder, Opener opener) {
        this.finder = finder;
        this.opener = opener;
    }

    /** Knows who the primary is. */
    interface Finder {
        /** Asks, which may block. */
        HostAndPort find(long nanos) throws Unreachable;

        /** Whether it is known without asking that another server is the primary. */
        boolean isElsewhere(Node node);

        /** The name that Sentinels know the primary by. */
        String name();
    }

    /**
     * {@inheritDoc} A Sentinel that hasn't heard of a fail-over yet names the old primary, so that one is asked itself; a server that doesn't
     * tell its role to the user is of no use.
     */
    @Override
    public Session open(long nanos) throws Unreachable {
        Session session = opener.open(finder.find(nanos), nanos);
        String server = session.node().name();
        try {
            Object role = session.ask(nanos, Protocol.Command.ROLE);
            if (role instanceof JedisDataException refusal) {
                throw new Unreachable(Failures.greeted(server, refusal));
            }
            if (!(role instanceof List<?> facts && isMaster(facts))) {
                throw new Unreachable(new Failure(
                        "Redis at " + server + " is no longer the primary, and no other is known yet",
                        null,
                        true,
                        Cure.RECONNECT));
            }
            session.greeted();
            return session;
        } catch (JedisException e) {
            session.abort();
            throw new Unreachable(Failures.unreachable(server, false, e));
        } catch (Unreachable e) {
            session.abort();
            throw e;
        }
    }

    private static boolean isMaster(List<?> facts) {
        return facts.get(0) instanceof byte[] role && Arrays.equals(role, MASTER);
    }

    @Override
    public String name() {
        return finder.name();
    }

    @Override
    public boolean isReplaceable() {
        return true;
    }

    @Override
    public boolean isElsewhere(Node node) {
        return finder.isElsewhere(node);
    }
}
