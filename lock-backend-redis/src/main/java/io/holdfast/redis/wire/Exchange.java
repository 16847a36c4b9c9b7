package io.holdfast.redis.wire;

import io.holdfast.spi.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Some commands that are sent together, and their answers. Each command is settled by it, or left to be sent again. One thread
 * sends; the same or another, which has been told of it, receives.
 */
final class Exchange {
    /** So many redirections or lost scripts in a row are an obstacle. */
    private static final int REDIRECTIONS = 5;

    private final Session session;
    private final List<Command> commands;
    private final Setbacks setbacks;
    private final Limits limits;
    private final Ticker ticker;

    // Known when it is sent.
    private int size;
    private @Nullable Durability durability;
    private boolean @Nullable [] withSource;
    private long sentAt;
    private long until;

    /** What is answered, but not on the replicas yet. Rarely needed, so made when it is. */
    private Map<Command, Reply> unconfirmed = Map.of();

    /**
     * Sends nothing yet.
     *
     * @param session the connection
     * @param commands what to send, in order; not empty when it is sent, and no longer changed then
     * @param setbacks what earlier exchanges of the connection have met with; gets what this one does
     * @param limits how long to wait
     * @param ticker the time
     */
    Exchange(Session session, List<Command> commands, Setbacks setbacks, Limits limits, Ticker ticker) {
        this.session = session;
        this.commands = commands;
        this.setbacks = setbacks;
        this.limits = limits;
        this.ticker = ticker;
    }

    /** What the writes must wait for, or null if no command wants that. */
    private @Nullable Durability wanted() {
        Durability wanted = limits.durability();
        if (wanted != null) {
            for (Command command : commands) {
                if (command.durable()) {
                    return wanted;
                }
            }
        }
        return null;
    }

    List<Command> commands() {
        return commands;
    }

    /** About how many bytes its commands take. To be asked first by who fills it, when it is full. */
    int size() {
        if (size == 0) {
            for (Command command : commands) {
                size += command.size();
            }
        }
        return size;
    }

    /** Sends and receives; see there. */
    void run(List<Command> settled) {
        send(ticker.read());
        receive(sentAt, settled, nanos -> {});
    }

    /**
     * Sends the commands.
     *
     * @param now the time, or a moment ago
     * @throws redis.clients.jedis.exceptions.JedisConnectionException if the connection breaks
     */
    void send(long now) {
        durability = wanted();
        sentAt = now;
        until = now + patience(now);
        withSource = session.write(commands);
        if (durability != null) {
            write(durability);
        }
        session.flush();
    }

    /** One sending's time, or less if the eldest command has less. */
    private long patience(long now) {
        long eldest = commands.get(0).deadline() - now;
        return Math.max(leastPatience(), Math.min(limits.attemptNanos(), eldest) + replicasNanos());
    }

    /** Not so little that a server that was busy with what came before would seem to be gone. */
    private long leastPatience() {
        return limits.attemptNanos() / 4 + replicasNanos();
    }

    private long replicasNanos() {
        return durability == null ? 0 : durability.timeout().toNanos();
    }

    /**
     * Reads the answers.
     *
     * @param now the time, or a moment ago
     * @param settled gets the commands that are settled and whose futures the caller has to complete
     * @param onFirst is told after how many nanoseconds the first answer came: the server mostly has carried out all the others by then
     * @throws redis.clients.jedis.exceptions.JedisConnectionException if the connection breaks or the server falls silent; what is not settled then was lost
     */
    void receive(long now, List<Command> settled, LongConsumer onFirst) {
        if (durability != null) {
            unconfirmed = new LinkedHashMap<>();
        }
        long last = Math.max(until, now + leastPatience());
        long read = now;
        int i = 0;
        for (Command command : commands) {
            if (command.script() == null) {
                if (command.isProbe()) {
                    // Whatever it says: it is there.
                    session.read(last - read);
                }
                settle(command, new Reply(null, sentAt, sentAt, session.node(), true, false), settled);
            } else {
                Object source = withSource != null && withSource[i] ? session.read(last - read) : null;
                Object value = session.read(last - read);
                read = ticker.read();
                take(command, source, value, read, settled);
            }
            if (i == 0) {
                onFirst.accept(command.script() == null ? Long.MAX_VALUE : read - sentAt);
            }
            i++;
        }
        if (durability != null) {
            confirm(durability, session.read(last - read), settled);
        }
    }

    private void take(
            Command command, @Nullable Object source, @Nullable Object value, long receivedAt, List<Command> settled) {
        boolean isHeldBack = setbacks.holdsBack(command);
        if (value instanceof JedisDataException error) {
            Failure failure = Failures.answered(session.node().name(), command.what(), error);
            if (failure.known()) {
                command.refused();
            }
            if (isHeldBack) {
                setbacks.leave(command);
            } else {
                heed(command, failure, error, source, settled);
            }
        } else if (isHeldBack) {
            setbacks.leave(command);
        } else {
            Reply reply = new Reply(value, sentAt, receivedAt, session.node(), true, command.wasLost());
            if (command.durable()) {
                unconfirmed.put(command, reply);
            } else {
                settle(command, reply, settled);
            }
        }
    }

    private void heed(
            Command command,
            Failure failure,
            JedisDataException error,
            @Nullable Object source,
            List<Command> settled) {
        switch (failure.cure()) {
            case RELOAD -> {
                if (source instanceof JedisDataException notLoaded) {
                    fail(command, Failures.answered(session.node().name(), "SCRIPT LOAD", notLoaded), settled);
                } else {
                    setbacks.loseScripts();
                    again(command, failure);
                }
            }
            case MOVED -> {
                JedisRedirectionException there = (JedisRedirectionException) error;
                setbacks.movedTo(there.getSlot(), there.getTargetNode());
                again(command, failure);
            }
            case ASK -> {
                setbacks.askAt(command, ((JedisRedirectionException) error).getTargetNode());
                again(command, failure);
            }
            case PAUSE, RECONNECT -> {
                setbacks.hinderedBy(failure);
                setbacks.leave(command);
            }
            case NONE -> fail(command, failure, settled);
        }
    }

    private void again(Command command, Failure failure) {
        if (command.redirected() > REDIRECTIONS) {
            setbacks.hinderedBy(failure);
        }
        setbacks.leave(command);
    }

    private static void fail(Command command, Failure failure, List<Command> settled) {
        command.fail(failure);
        settled(command, settled);
    }

    private static void settle(Command command, Reply reply, List<Command> settled) {
        command.answer(reply);
        settled(command, settled);
    }

    private static void settled(Command command, List<Command> settled) {
        if (!command.publishToWaiter()) {
            settled.add(command);
        }
    }

    /** One waiting for all: it covers every write that this connection has made before. */
    private void write(Durability wanted) {
        byte[] replicas = digits(wanted.replicas());
        byte[] millis = digits(wanted.timeout().toMillis());
        if (wanted.onDisk()) {
            session.write(Protocol.Command.WAITAOF, digits(1), replicas, millis);
        } else {
            session.write(Protocol.Command.WAIT, replicas, millis);
        }
    }

    private void confirm(Durability wanted, @Nullable Object answer, List<Command> settled) {
        if (answer instanceof JedisDataException error) {
            Failure failure = Failures.answered(session.node().name(), wanted.onDisk() ? "WAITAOF" : "WAIT", error);
            Failure unknown = new Failure(failure.message(), error, false, Failure.Cure.NONE);
            unconfirmed.keySet().forEach(command -> fail(command, unknown, settled));
            return;
        }
        boolean durable = wanted.onDisk()
                ? answer instanceof List<?> counts
                        && count(counts.get(0)) >= 1
                        && count(counts.get(1)) >= wanted.replicas()
                : count(answer) >= wanted.replicas();
        unconfirmed.forEach((command, reply) -> settle(
                command,
                new Reply(reply.value(), reply.sentAt(), reply.receivedAt(), reply.node(), durable, reply.resent()),
                settled));
    }

    private static long count(@Nullable Object answer) {
        return answer instanceof Long number ? number : 0;
    }

    private static byte[] digits(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }
}
