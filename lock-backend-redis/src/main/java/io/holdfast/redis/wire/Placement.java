package io.holdfast.redis.wire;

import java.util.Deque;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.HostAndPort;

/** Where the server of a link is. The methods may block; the thread that has the link's role calls them. */
interface Placement {
    /**
     * Finds the server and connects to it.
     *
     * @param nanos how long that may take, roughly
     * @return the connection, on which the server has answered
     * @throws Unreachable if that fails
     */
    Session open(long nanos) throws Unreachable;

    /** What messages call the server as long as there is no connection. */
    String name();

    /** False if no connection can be made before {@link #reroute} has told where commands belong. */
    default boolean knowsServer() {
        return true;
    }

    /** Whether another server may take this one's place, so that commands wait for that. */
    boolean isReplaceable();

    /** Whether it is known without asking that another server has taken the place of this one. */
    default boolean isElsewhere(Node node) {
        return false;
    }

    /**
     * Gives commands that belong to other links to them. Called after a failure or a redirection.
     *
     * @param link whose commands they are
     * @param pending its commands, in order; those that go are removed
     * @param moved which slots' new nodes servers have told
     * @param nanos how long each step of finding out may take
     * @return the links that have got commands, or have lost keys, and are to be looked after without any lock
     * @throws Unreachable if no server can tell
     */
    default List<Runnable> reroute(Link link, Deque<Command> pending, Map<Integer, HostAndPort> moved, long nanos)
            throws Unreachable {
        return List.of();
    }
}
