package io.holdfast.redis.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.args.RawableFactory;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * One connection to one server, from its first words to its end. One thread at a time writes and one reads; any thread
 * may {@link #abort() break} it.
 *
 * <p>Jedis connects a closed connection again when it is next written to, without its password and its database. So
 * nobody closes one while another thread may write: {@link #writing} keeps them apart.
 */
final class Session {
    private static final Rawable ONE_KEY = RawableFactory.from(1);
    private static final Rawable TWO_KEYS = RawableFactory.from(2);
    private static final Rawable LOAD = RawableFactory.from("LOAD");

    /** How long {@link #abort()} leaves a writer the time to come to an end; one that takes longer is stuck. */
    private static final long PATIENCE_MILLIS = 20;

    private final Connection connection;
    private final Node node;
    private final ReentrantLock writing = new ReentrantLock();

    /** Guarded by {@link #writing}. */
    private final Set<Script> loaded = new HashSet<>();

    private volatile boolean broken;
    private boolean everAnswered;
    private int timeoutMillis = -1;

    Session(Connection connection, Node node) {
        this.connection = connection;
        this.node = node;
    }

    Node node() {
        return node;
    }

    /** Whether the server has answered a command on it, beyond the first words. */
    boolean everAnswered() {
        return everAnswered;
    }

    boolean isBroken() {
        return broken;
    }

    /**
     * Writes scripts, each after its source where this connection has not seen it yet: so that no command is overtaken
     * by a later one whose script the server happens to know. They are sent by {@link #flush}.
     *
     * @return for each, whether an answer to its source comes first; null if there is none
     */
    boolean @Nullable [] write(Collection<Command> commands) {
        boolean[] withSource = null;
        writing.lock();
        try {
            int i = 0;
            for (Command command : commands) {
                if (write(command)) {
                    withSource = withSource == null ? new boolean[commands.size()] : withSource;
                    withSource[i] = true;
                }
                i++;
            }
        } finally {
            writing.unlock();
        }
        return withSource;
    }

    /** About how many bytes a command takes; very many if its script has to be loaded first. */
    int sizeOf(Command command) {
        Script script = command.script();
        writing.lock();
        try {
            return script == null || loaded.contains(script) ? command.size() : Integer.MAX_VALUE / 2;
        } finally {
            writing.unlock();
        }
    }

    /** Has the server load a command's script. */
    void load(Command command, long nanos) {
        Script script = command.script();
        if (script != null && isUnknown(script)) {
            ask(nanos, Protocol.Command.SCRIPT, LOAD.getRaw(), script.source());
        }
    }

    /** Whether it is to be sent now: once. */
    private boolean isUnknown(Script script) {
        writing.lock();
        try {
            return loaded.add(script);
        } finally {
            writing.unlock();
        }
    }

    private boolean write(Command command) {
        Script script = command.script();
        if (script == null) {
            if (command.isProbe()) {
                put(new CommandArguments(Protocol.Command.PING));
            }
            return false;
        }
        boolean unknown = isUnknown(script);
        if (unknown) {
            put(new CommandArguments(Protocol.Command.SCRIPT).add(LOAD).add(script.source()));
        }
        CommandArguments call = new CommandArguments(Protocol.Command.EVALSHA).add(script.digest());
        List<byte[]> keys = command.keys();
        call.add(keys.size() == 1 ? ONE_KEY : keys.size() == 2 ? TWO_KEYS : RawableFactory.from(keys.size()));
        for (byte[] key : keys) {
            call.add(key);
        }
        for (byte[] arg : command.args()) {
            call.add(arg);
        }
        command.written();
        put(call);
        return unknown;
    }

    /** Writes a command, to be sent by {@link #flush}. */
    void write(ProtocolCommand command, byte[]... args) {
        CommandArguments arguments = new CommandArguments(command);
        for (byte[] arg : args) {
            arguments.add(arg);
        }
        writing.lock();
        try {
            put(arguments);
        } finally {
            writing.unlock();
        }
    }

    private void put(CommandArguments arguments) {
        requireUnbroken();
        connection.sendCommand(arguments);
        if (broken) {
            // It may have been connected again.
            disconnect();
            requireUnbroken();
        }
    }

    private void requireUnbroken() {
        if (broken) {
            throw new JedisConnectionException("the connection has been closed");
        }
    }

    private void disconnect() {
        try {
            // An encrypted one reads what is left before it closes, for as long as any read may take.
            connection.setSoTimeout(1);
        } catch (JedisConnectionException e) {
            // It has gone already.
        }
        try {
            connection.forceDisconnect();
        } catch (IOException e) {
            // It has gone already.
        }
    }

    /** Sends what has been written. */
    void flush() {
        writing.lock();
        try {
            requireUnbroken();
            connection.getMany(0);
        } finally {
            writing.unlock();
        }
    }

    /**
     * Reads one answer to what has been sent; meanwhile another thread may write.
     *
     * @param nanos how long to wait for it
     * @return a {@code Long}, {@code byte[]}, {@code List<Object>}, null, or the {@code JedisDataException} that the server answered
     * @throws JedisConnectionException if there is none in that time
     */
    @Nullable
    Object read(long nanos) {
        requireUnbroken();
        // Never zero, which is for ever; set anew only when it differs.
        int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos)));
        if (millis != timeoutMillis) {
            connection.setSoTimeout(millis);
            timeoutMillis = millis;
        }
        Object answer;
        try {
            answer = connection.getUnflushedObject();
        } catch (JedisDataException error) {
            answer = error;
        }
        everAnswered = true;
        return answer;
    }

    /** Writes a command, sends it and reads its answer. */
    @Nullable
    Object ask(long nanos, ProtocolCommand command, byte[]... args) {
        write(command, args);
        flush();
        return read(nanos);
    }

    /** The server has lost its scripts. */
    void forgetScripts() {
        writing.lock();
        try {
            loaded.clear();
        } finally {
            writing.unlock();
        }
    }

    /** Begins anew to tell whether commands are answered: the first words are over. */
    void greeted() {
        everAnswered = false;
    }

    /** Speaks the older protocol, in which a subscriber may send PING. */
    void speakResp2(long nanos) {
        if (connection.getRedisProtocol() == RedisProtocol.RESP3) {
            Object answer = ask(nanos, Protocol.Command.HELLO, "2".getBytes(StandardCharsets.US_ASCII));
            if (answer instanceof JedisDataException error) {
                throw error;
            }
        }
    }

    /** Ends it, whoever uses it at the moment: their next read or write fails. */
    void abort() {
        broken = true;
        boolean interrupted = Thread.interrupted();
        boolean alone = false;
        try {
            alone = writing.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            disconnect();
        } finally {
            if (alone) {
                writing.unlock();
            }
        }
    }

    @Override
    public String toString() {
        return "Session[" + node + "]";
    }
}
