package io.holdfast.redis;

import io.holdfast.FencingGuard;
import io.holdfast.LockBackendException;
import io.holdfast.Names;
import io.holdfast.StaleTokenException;
import io.holdfast.core.SystemTime;
import io.holdfast.redis.wire.Reply;
import io.holdfast.redis.wire.Wire;
import io.holdfast.redis.wire.WireBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import redis.clients.jedis.UnifiedJedis;

/**
 * Guards data that lives in Redis, or whose writers all ask one Redis first. It remembers the greatest token of each resource in a key
 * of its own, next to the data if {@link #set} writes them: {@code <prefix>fence:{<resource>}}, a decimal number.
 *
 * <p>{@link #set} checks and writes in one step of the server. {@link #accept} alone leaves a gap between the check and whatever is
 * written elsewhere afterwards.
 *
 * <h2>Limits</h2>
 *
 * A token that is forgotten protects no more. Nothing is forgotten unless the guard is told to, with {@link #forgettingAfter};
 * then, a holder that was paused for longer than that is accepted if nobody has written since. What Redis itself forgets, because it was
 * restarted without persistence, failed over to a replica that lagged, or evicts keys, the guard forgets too.
 *
 * <p>Thread-safe. Close it to end its connection.
 */
public final class RedisFencingGuard implements FencingGuard, AutoCloseable {
    private static final byte[] FOR_EVER = {'0'};

    private final Wire wire;
    private final Runnable stopTime;
    private final KeySpace keySpace;
    private final byte[] memoryMillis;

    private RedisFencingGuard(Wire wire, Runnable stopTime, KeySpace keySpace, byte[] memoryMillis) {
        this.wire = wire;
        this.stopTime = stopTime;
        this.keySpace = keySpace;
        this.memoryMillis = memoryMillis;
    }

    /**
     * Connects to where the data are, with default settings.
     *
     * @param uri as for {@link RedisLocks#connect}
     * @return a guard that never forgets a token, to be closed by the caller; it connects with the first call
     * @throws IllegalArgumentException if the URI makes no sense; the message repeats no credentials
     */
    public static RedisFencingGuard connect(String uri) {
        return builder(uri).build();
    }

    /**
     * Uses an application's own client, with default settings.
     *
     * @param client a client for a single server, Sentinels or a Cluster; stays open when the guard is closed
     * @return a guard that never forgets a token, to be closed by the caller; it connects with the first call
     * @throws IllegalArgumentException if it is any other client
     */
    public static RedisFencingGuard using(UnifiedJedis client) {
        return builder(client).build();
    }

    /**
     * Begins to configure.
     *
     * @param uri as for {@link RedisLocks#connect}
     * @return a builder with default settings
     * @throws IllegalArgumentException if the URI makes no sense; the message repeats no credentials
     */
    public static Builder builder(String uri) {
        return new Builder(WireBuilder.to(uri));
    }

    /**
     * Begins to configure a guard that finds Redis as an application's own client does.
     *
     * @param client as for {@link RedisLocks#builder(UnifiedJedis)}
     * @return a builder with default settings
     * @throws IllegalArgumentException if it is any other client
     */
    public static Builder builder(UnifiedJedis client) {
        return new Builder(WireBuilder.over(client));
    }

    /**
     * The same guard, but it forgets a resource's token after some time without a write.
     *
     * @param memory how long it remembers, at least a millisecond: longer than any holder may be paused, and then work on
     * @return a guard over the same connection
     * @throws IllegalArgumentException if the time is too short
     */
    public RedisFencingGuard forgettingAfter(Duration memory) {
        Objects.requireNonNull(memory, "memory");
        if (memory.toMillis() < 1) {
            throw new IllegalArgumentException("memory must be at least 1 ms, but is " + memory);
        }
        return new RedisFencingGuard(wire, stopTime, keySpace, Commands.number(memory.toMillis()));
    }

    /**
     * {@inheritDoc}
     *
     * @throws LockBackendException if Redis failed or did not answer; asking again is safe
     */
    @Override
    public boolean accept(String resource, long token) {
        List<byte[]> keys = List.of(newestOf(resource, token));
        return run(keys, List.of(Commands.number(token), memoryMillis)).value() == null;
    }

    /**
     * Checks the token and sets a key to a value, in one step. In a Cluster the key must be in the resource's slot: write
     * the resource's name in braces, as in {@code stock:{shelf-7}}.
     *
     * @param resource the resource that the token was granted for
     * @param token the fencing token of the writer's hold, greater than 0
     * @param key what to set
     * @param value to what
     * @throws StaleTokenException if a greater token was accepted before; nothing was written then
     * @throws IllegalArgumentException if the token is not greater than 0
     * @throws LockBackendException if Redis failed or did not answer; writing again is safe
     */
    public void set(String resource, long token, String key, String value) {
        set(resource, token, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The same for keys and values that aren't text.
     *
     * @param resource the resource that the token was granted for
     * @param token the fencing token of the writer's hold, greater than 0
     * @param key what to set
     * @param value to what
     * @throws StaleTokenException if a greater token was accepted before; nothing was written then
     * @throws IllegalArgumentException if the token is not greater than 0
     * @throws LockBackendException if Redis failed or did not answer; writing again is safe
     */
    public void set(String resource, long token, byte[] key, byte[] value) {
        List<byte[]> keys = List.of(newestOf(resource, token), key);
        Reply reply = run(keys, List.of(Commands.number(token), memoryMillis, value));
        if (reply.value() instanceof byte[] newest) {
            throw new StaleTokenException(
                    resource, token, Long.parseLong(new String(newest, StandardCharsets.US_ASCII)));
        }
    }

    private byte[] newestOf(String resource, long token) {
        Names.require(resource, "resource");
        if (token <= 0) {
            throw new IllegalArgumentException("token must be greater than 0, but is " + token);
        }
        return keySpace.lock(resource);
    }

    private Reply run(List<byte[]> keys, List<byte[]> args) {
        try {
            return wire.blocking().run(Scripts.GUARD, keys, args).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof LockBackendException known
                    ? known
                    : LockBackendException.outcomeUnknown("the fencing guard failed", failed.getCause());
        }
    }

    /** Ends the connection, also for guards that were made from this one. */
    @Override
    public void close() {
        wire.close();
        stopTime.run();
    }

    /** Configures a guard. Not thread-safe. */
    public static final class Builder extends ConnectionBuilder<Builder> {
        private Builder(WireBuilder wire) {
            super(wire);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Makes the guard, which connects with the first call.
         *
         * @return a guard that never forgets a token, to be closed by the caller
         * @throws IllegalArgumentException if the prefix has braces, or something is set that would do nothing: TLS for a URI that doesn't ask for it, a client's own
         *     business; the message names the setting
         */
        public RedisFencingGuard build() {
            KeySpace keySpace = KeySpace.single(prefix() + "fence:");
            SystemTime time = new SystemTime();
            // Until the first call it has no thread, so that nothing is left if this fails.
            return new RedisFencingGuard(wire(time, time), time::close, keySpace, FOR_EVER);
        }
    }
}
