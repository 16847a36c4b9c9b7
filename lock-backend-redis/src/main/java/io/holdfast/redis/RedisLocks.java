package io.holdfast.redis;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import io.holdfast.LockProvider;
import io.holdfast.core.LockManager;
import io.holdfast.core.SystemTime;
import io.holdfast.redis.wire.Durability;
import io.holdfast.redis.wire.Wire;
import io.holdfast.redis.wire.WireBuilder;
import io.holdfast.spi.BackendFactory;
import io.holdfast.spi.BackendProvider;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;

/**
 * Locks in Redis 6.2 or newer, or in Valkey: in one server, behind Sentinels, or in a Cluster. Strictly first come, first served over all
 * processes.
 *
 * <p>A URI says where it is:
 *
 * <ul>
 *   <li>{@code redis://host:6379}, with TLS {@code rediss://host:6380}; with user, password and database {@code
 *       redis://user:password@host:6379/2}
 *   <li>{@code redis+sentinel://host:26379,host:26379/name} by the Sentinels that watch the primary of that name
 *   <li>{@code redis+cluster://host:7000,host:7001} by some nodes of a Cluster
 * </ul>
 *
 * User and password are percent-encoded. A parameter {@code ?prefix=} sets what all keys begin with.
 */
public final class RedisLocks {
    /** What all keys begin with, unless something else is set. */
    public static final String DEFAULT_PREFIX = "holdfast:";

    private RedisLocks() {}

    /**
     * Connects with default settings.
     *
     * @param uri where Redis is
     * @return the lock, to be closed by the caller
     * @throws IllegalArgumentException if the URI makes no sense; the message repeats no credentials
     * @throws io.holdfast.LockBackendException if Redis can't be reached, or refuses
     */
    public static DistributedLock connect(String uri) {
        return builder(uri).build();
    }

    /**
     * Begins to configure.
     *
     * @param uri where Redis is
     * @return a builder with default settings
     * @throws IllegalArgumentException if the URI makes no sense; the message repeats no credentials
     */
    public static Builder builder(String uri) {
        return new Builder(WireBuilder.to(uri), isCluster(uri));
    }

    /**
     * Begins to configure locks that find Redis as an application's own client does: with its addresses, credentials and TLS, but with connections of
     * their own. The client stays open when the lock is closed.
     *
     * @param client a {@code RedisClient}, {@code RedisSentinelClient} or {@code RedisClusterClient}
     * @return a builder with default settings
     * @throws IllegalArgumentException if it is any other client, such as one that fails over to an independent database
     */
    public static Builder builder(UnifiedJedis client) {
        return new Builder(WireBuilder.over(client), client instanceof RedisClusterClient);
    }

    private static boolean isCluster(String uri) {
        return uri.toLowerCase(Locale.ROOT).matches("rediss?\\+cluster:.*");
    }

    /** Configures Redis, for locks of its own or as one of several stores. Not thread-safe. */
    public static final class Builder implements BackendFactory {
        private final WireBuilder wire;
        private final boolean cluster;
        private String prefix;
        private LockOptions defaultOptions = LockOptions.defaults();
        private Duration answerTimeout = Duration.ofSeconds(1);
        private @Nullable Executor callbackExecutor;
        private boolean confirms;

        private Builder(WireBuilder wire, boolean cluster) {
            this.wire = wire;
            this.cluster = cluster;
            this.prefix = wire.keyPrefix().orElse(DEFAULT_PREFIX);
        }

        /**
         * Sets what all keys and channels begin with. Locks with different prefixes have nothing in common.
         *
         * @param text any text without braces, also none; {@value RedisLocks#DEFAULT_PREFIX} unless set here or in the URI
         * @return this
         */
        public Builder prefix(String text) {
            this.prefix = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * Sets the options that apply where a call names none.
         *
         * @param options lease and renewal
         * @return this
         */
        public Builder defaultOptions(LockOptions options) {
            this.defaultOptions = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Sets how long Redis may take to answer a call, reconnections and repetitions included, before the call fails.
         *
         * @param timeout from ten milliseconds to one hour; one second unless set
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer
         */
        public Builder answerTimeout(Duration timeout) {
            wire.answerTimeout(timeout);
            this.answerTimeout = timeout;
            return this;
        }

        /**
         * Sets who runs other people's code: listeners to lost holds, and what hangs on the futures of asynchronous
         * acquires.
         *
         * @param executor runs it, not on the calling thread; the common pool unless set; isn't shut down with the lock
         * @return this
         */
        public Builder callbackExecutor(Executor executor) {
            this.callbackExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Has a grant count only when some replicas have it, so that it survives the loss of the primary if one of these is promoted. A grant that isn't
         * confirmed in time is given back, and the acquire fails. So do renewals: one that isn't confirmed is tried again. Each of them then
         * takes a replica's round trip longer.
         *
         * @param replicas how many, at least 1
         * @param timeout how long to wait for them; shorter than the answer timeout
         * @return this
         * @throws IllegalArgumentException if it is fewer than one, or the time isn't positive
         */
        public Builder waitForReplicas(int replicas, Duration timeout) {
            return confirmedBy(new Durability(replicas, false, timeout));
        }

        /**
         * Has a grant count only when it is in the append-only file of the primary and of some replicas. Needs Redis 7.2 and {@code appendonly}.
         *
         * @param replicas how many replicas, 0 or more
         * @param timeout how long to wait for them; shorter than the answer timeout
         * @return this
         * @throws IllegalArgumentException if the time isn't positive
         */
        public Builder waitForDisk(int replicas, Duration timeout) {
            return confirmedBy(new Durability(replicas, true, timeout));
        }

        private Builder confirmedBy(Durability durability) {
            wire.durability(durability);
            confirms = true;
            return this;
        }

        /**
         * Sets how long connecting may take.
         *
         * @param timeout from ten milliseconds to one hour; one second unless set; a client of the application has its own
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer
         */
        public Builder connectTimeout(Duration timeout) {
            wire.connectTimeout(timeout);
            return this;
        }

        /**
         * Sets the keys and the trusted certificates for TLS, where the URI asks for it.
         *
         * @param context keys and trusted certificates
         * @param parameters the protocol's parameters, or null for Java's own with the host's name verified
         * @return this
         */
        public Builder ssl(SSLContext context, @Nullable SSLParameters parameters) {
            wire.ssl(context, parameters);
            return this;
        }

        /**
         * Logs in to the Sentinels, who don't know the users of the servers that they watch.
         *
         * @param user the user, or null for the default one
         * @param password the password
         * @return this
         */
        public Builder sentinelCredentials(@Nullable String user, String password) {
            wire.sentinelCredentials(user, password);
            return this;
        }

        /**
         * Connects.
         *
         * @return the lock, to be closed by the caller
         * @throws IllegalArgumentException if the prefix has braces
         * @throws io.holdfast.LockBackendException if Redis can't be reached, or refuses
         */
        public DistributedLock build() {
            SystemTime time = new SystemTime();
            LockBackend backend;
            try {
                backend = backend(time, time, time::close);
            } catch (RuntimeException failed) {
                time.close();
                throw failed;
            }
            LockManager.Builder manager = LockManager.builder(backend)
                    .defaultOptions(defaultOptions)
                    .answerTimeout(answerTimeout)
                    .time(time, time);
            if (callbackExecutor != null) {
                manager.callbackExecutor(callbackExecutor);
            }
            return manager.build();
        }

        /** {@inheritDoc} Default options and executor aren't its business. */
        @Override
        public LockBackend backend(Ticker ticker, Scheduler scheduler) {
            return backend(ticker, scheduler, () -> {});
        }

        /**
         * Connects, for a manager or a composite over several stores.
         *
         * @param onClose what else is to be ended with the backend
         */
        LockBackend backend(Ticker ticker, Scheduler scheduler, Runnable onClose) {
            Wire connection =
                    wire.answerTimeout(answerTimeout).channelPrefix(prefix).build(ticker, scheduler);
            try {
                StartCheck.run(connection, prefix);
                return cluster
                        ? new RedisBackend(connection, prefix, true, confirms, ticker, scheduler, onClose)
                        : new RedisMember(connection, prefix, confirms, ticker, scheduler, onClose);
            } catch (RuntimeException failed) {
                connection.close();
                throw failed;
            }
        }
    }

    /** Opens Redis URIs for {@link io.holdfast.Locks#open}, and makes Redis a part of locks that are made of several. */
    public static final class Provider implements LockProvider, BackendProvider {
        /** For the service loader. */
        public Provider() {}

        @Override
        public Set<String> schemes() {
            return Set.of("redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster");
        }

        @Override
        public DistributedLock open(URI uri) {
            return configured(uri).build();
        }

        @Override
        public LockBackend connect(URI uri, Ticker ticker, Scheduler scheduler) {
            return configured(uri).backend(ticker, scheduler);
        }

        private static Builder configured(URI uri) {
            String scheme = String.valueOf(uri.getScheme());
            return new Builder(WireBuilder.to(uri), scheme.endsWith("+cluster"));
        }
    }
}
