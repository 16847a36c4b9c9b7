package io.holdfast.redis.wire;

import io.holdfast.spi.Ticker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * One pipeline: commands out, answers in. Each command is settled by it, or left to be sent again. One that is left takes
 * the later ones of its key with it, even those that were answered, so that the server carries them out in order at last.
 */
final class Exchange {
    /** So many redirections or lost scripts in a row are an obstacle. */
    private static final int REDIRECTIONS = 5;

    private final Session session;
    private final Collection<Command> commands;
    private final Limits limits;
    private final Ticker ticker;
    private final List<Command> settled;

    // Rarely needed, so made when they are.
    private Map<Command, HostAndPort> asked = Map.of();
    private Map<Integer, HostAndPort> moved = Map.of();
    private Map<Command, Reply> unconfirmed = Map.of();
    private Set<ByteBuffer> left = Set.of();
    private @Nullable Failure obstacle;

    /**
     * Sends nothing yet.
     *
     * @param session the connection
     * @param commands what to send, in order
     * @param limits how long to wait
     * @param ticker the time
     * @param settled gets the commands that are settled and whose futures the caller has to complete
     */
    Exchange(Session session, Collection<Command> commands, Limits limits, Ticker ticker, List<Command> settled) {
        this.session = session;
        this.commands = commands;
        this.limits = limits;
        this.ticker = ticker;
        this.settled = settled;
    }

    /** Does it. Throws a JedisConnectionException if the connection breaks or the server falls silent; what is not settled then was lost. */
    void run(long now) {
        Durability durability = wanted();
        boolean[] withSource = session.write(commands);
        if (durability != null) {
            unconfirmed = new LinkedHashMap<>();
            write(durability);
        }
        long until = now + patience(now, durability);
        long read = now;
        int i = 0;
        for (Command command : commands) {
            if (command.script() == null) {
                if (command.isProbe()) {
                    // Whatever it says: it is there.
                    session.read(until - read);
                }
                settle(command, new Reply(null, now, now, session.node(), true, false));
            } else {
                Object source = withSource != null && withSource[i] ? session.read(until - read) : null;
                Object value = session.read(until - read);
                read = ticker.read();
                take(command, source, value, now, read);
            }
            i++;
        }
        if (durability != null) {
            confirm(durability, session.read(until - read));
        }
    }

    /** What the writes must wait for, or null if no command wants that. */
    private @Nullable Durability wanted() {
        Durability durability = limits.durability();
        if (durability != null) {
            for (Command command : commands) {
                if (command.durable()) {
                    return durability;
                }
            }
        }
        return null;
    }

    /** What keeps commands from being carried out here and now, or null. */
    @Nullable
    Failure obstacle() {
        return obstacle;
    }

    /** Which slots have other nodes. */
    Map<Integer, HostAndPort> moved() {
        return moved;
    }

    /** Which commands are to be sent elsewhere this once, in order. */
    Map<Command, HostAndPort> asked() {
        return asked;
    }

    /** One sending's time, or less if the eldest command has less; but not so little that a busy server would seem to be gone. */
    private long patience(long now, @Nullable Durability durability) {
        long attempt = limits.attemptNanos();
        long eldest = commands.iterator().next().deadline() - now;
        long answer = Math.max(attempt / 4, Math.min(attempt, eldest));
        return durability == null ? answer : answer + durability.timeout().toNanos();
    }

    private void take(Command command, @Nullable Object source, @Nullable Object value, long sentAt, long now) {
        boolean overtaken = !left.isEmpty() && left.contains(command.key());
        if (value instanceof JedisDataException error) {
            Failure failure = Failures.answered(session.node().name(), command.what(), error);
            if (failure.known()) {
                command.refused();
            }
            if (overtaken) {
                leave(command);
            } else {
                heed(command, failure, error, source);
            }
        } else if (overtaken) {
            leave(command);
        } else {
            Reply reply = new Reply(value, sentAt, now, session.node(), true, command.wasLost());
            if (command.durable()) {
                unconfirmed.put(command, reply);
            } else {
                settle(command, reply);
            }
        }
    }

    private void heed(Command command, Failure failure, JedisDataException error, @Nullable Object source) {
        switch (failure.cure()) {
            case RELOAD -> {
                if (source instanceof JedisDataException notLoaded) {
                    fail(command, Failures.answered(session.node().name(), "SCRIPT LOAD", notLoaded));
                } else {
                    session.forgetScripts();
                    again(command, failure);
                }
            }
            case MOVED -> {
                JedisRedirectionException there = (JedisRedirectionException) error;
                moved = moved.isEmpty() ? new LinkedHashMap<>() : moved;
                moved.put(there.getSlot(), there.getTargetNode());
                again(command, failure);
            }
            case ASK -> {
                asked = asked.isEmpty() ? new LinkedHashMap<>() : asked;
                asked.put(command, ((JedisRedirectionException) error).getTargetNode());
                again(command, failure);
            }
            case PAUSE, RECONNECT -> {
                obstacle = failure;
                leave(command);
            }
            case NONE -> fail(command, failure);
        }
    }

    private void again(Command command, Failure failure) {
        if (command.redirected() > REDIRECTIONS) {
            obstacle = failure;
        }
        leave(command);
    }

    private void leave(Command command) {
        command.lost();
        left = left.isEmpty() ? new HashSet<>() : left;
        left.add(command.key());
    }

    private void fail(Command command, Failure failure) {
        command.fail(failure);
        settled(command);
    }

    private void settle(Command command, Reply reply) {
        command.answer(reply);
        settled(command);
    }

    private void settled(Command command) {
        if (!command.publishToWaiter()) {
            settled.add(command);
        }
    }

    /** One waiting for all: it covers every write that this connection has made before. */
    private void write(Durability durability) {
        byte[] replicas = digits(durability.replicas());
        byte[] millis = digits(durability.timeout().toMillis());
        if (durability.onDisk()) {
            session.write(Protocol.Command.WAITAOF, digits(1), replicas, millis);
        } else {
            session.write(Protocol.Command.WAIT, replicas, millis);
        }
    }

    private void confirm(Durability durability, @Nullable Object answer) {
        if (answer instanceof JedisDataException error) {
            Failure failure = Failures.answered(session.node().name(), durability.onDisk() ? "WAITAOF" : "WAIT", error);
            Failure unknown = new Failure(failure.message(), error, false, Failure.Cure.NONE);
            unconfirmed.keySet().forEach(command -> fail(command, unknown));
            return;
        }
        boolean durable = durability.onDisk()
                ? answer instanceof List<?> counts
                        && count(counts.get(0)) >= 1
                        && count(counts.get(1)) >= durability.replicas()
                : count(answer) >= durability.replicas();
        unconfirmed.forEach((command, reply) -> settle(
                command,
                new Reply(reply.value(), reply.sentAt(), reply.receivedAt(), reply.node(), durable, reply.resent())));
    }

    private static long count(@Nullable Object answer) {
        return answer instanceof Long number ? number : 0;
    }

    private static byte[] digits(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }
}
