package io.holdfast.redis.wire;

import io.holdfast.spi.Ticker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Sends commands, this once, to the node that their slot is moving to, over connections that end with it. */
final class Asking {
    private final Opener opener;
    private final Limits limits;
    private final Ticker ticker;

    Asking(Opener opener, Limits limits, Ticker ticker) {
        this.opener = opener;
        this.limits = limits;
        this.ticker = ticker;
    }

    /** Sends them one after the other; what isn't settled by it can be sent again. */
    void ask(Map<Command, HostAndPort> asked, List<Command> settled) {
        Map<HostAndPort, Session> sessions = new HashMap<>();
        try {
            for (Map.Entry<Command, HostAndPort> entry : asked.entrySet()) {
                Session session = sessions.get(entry.getValue());
                if (session == null) {
                    session = opener.open(entry.getValue(), limits.connectNanos());
                    sessions.put(entry.getValue(), session);
                }
                ask(session, entry.getKey(), settled);
                if (!entry.getKey().isSettled()) {
                    // The next one may be of the same key.
                    return;
                }
            }
        } catch (Unreachable e) {
            // They are sent to the old node again, which knows how things stand by then.
        } finally {
            sessions.values().forEach(Session::abort);
        }
    }

    private void ask(Session session, Command command, List<Command> settled) {
        try {
            // The source goes ahead: ASKING is for the next command only.
            session.load(command, limits.attemptNanos());
            Object answer = session.ask(limits.attemptNanos(), Protocol.Command.ASKING);
            if (answer instanceof JedisDataException refusal) {
                // Otherwise the node would send it back and forth until its time is over.
                command.fail(Failures.answered(session.node().name(), "ASKING", refusal));
                if (!command.publishToWaiter()) {
                    settled.add(command);
                }
                return;
            }
            new Exchange(session, List.of(command), new Setbacks(), limits, ticker).run(settled);
        } catch (JedisException e) {
            command.lost();
        }
    }
}
