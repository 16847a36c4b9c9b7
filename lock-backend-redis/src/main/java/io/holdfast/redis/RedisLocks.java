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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
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
        return new Builder(WireBuilder.to(uri));
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
        return new Builder(WireBuilder.over(client));
    }

    /** Configures Redis, for locks of its own or as one of several stores. Not thread-safe. */
    public static final class Builder extends ConnectionBuilder<Builder> implements BackendFactory {
        private LockOptions defaultOptions = LockOptions.defaults();
        private @Nullable Durability replicas;
        private @Nullable Durability disk;
        private @Nullable Executor callbackExecutor;

        private Builder(WireBuilder wire) {
            super(wire);
        }

        @Override
        Builder self() {
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
         * {@inheritDoc}
         *
         * <p>An acquire that isn't queued yet fails then, though it may wait for longer; one that finds the resource taken asks up to three times before
         * it is queued, each time for so long. One that is queued when Redis falls silent goes on waiting for its own timeout, and after that for this long, until Redis confirms
         * that it has left the queue.
         */
        @Override
        public Builder answerTimeout(Duration timeout) {
            return super.answerTimeout(timeout);
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
         * takes a replica's round trip longer. Not together with {@link #waitForDisk}.
         *
         * @param count how many, at least 1
         * @param timeout how long to wait for them; shorter than the answer timeout
         * @return this
         * @throws IllegalArgumentException if it is fewer than one, or the time isn't positive
         */
        public Builder waitForReplicas(int count, Duration timeout) {
            replicas = new Durability(count, false, timeout);
            return this;
        }

        /**
         * Has a grant count only when it is in the append-only file of the primary and of some replicas. Needs Redis 7.2 and {@code appendonly}. Not
         * together with {@link #waitForReplicas}.
         *
         * @param count how many replicas, 0 or more
         * @param timeout how long to wait for them; shorter than the answer timeout
         * @return this
         * @throws IllegalArgumentException if the time isn't positive
         */
        public Builder waitForDisk(int count, Duration timeout) {
            disk = new Durability(count, true, timeout);
            return this;
        }

        /**
         * Connects.
         *
         * @return the lock, to be closed by the caller
         * @throws IllegalArgumentException if the prefix has braces, or settings contradict each other or would do nothing: TLS for a URI that doesn't ask for it, a
         *     client's own business, two kinds of confirmation or one that takes as long as an answer; the message names the setting
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
                    .answerTimeout(answerTimeout())
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
         * Connects, for a manager.
         *
         * @param onClose what else is to be ended with the backend
         */
        LockBackend backend(Ticker ticker, Scheduler scheduler, Runnable onClose) {
            Durability durability = durability();
            if (durability != null) {
                wire().durability(durability);
            }
            boolean confirms = durability != null;
            Wire connection = wire(ticker, scheduler);
            try {
                StartCheck.run(connection, prefix(), sentToo(durability));
                return leadsToCluster()
                        ? new RedisBackend(connection, prefix(), true, confirms, ticker, scheduler, onClose)
                        : new RedisMember(connection, prefix(), confirms, ticker, scheduler, onClose);
            } catch (RuntimeException failed) {
                connection.close();
                throw failed;
            }
        }

        private @Nullable Durability durability() {
            if (replicas != null && disk != null) {
                throw new IllegalArgumentException(
                        "waitForReplicas and waitForDisk can't both be set: waitForDisk has a number of replicas of its own");
            }
            Durability durability = replicas == null ? disk : replicas;
            if (durability != null && durability.timeout().compareTo(answerTimeout()) >= 0) {
                throw new IllegalArgumentException((durability.onDisk() ? "waitForDisk" : "waitForReplicas")
                        + " must take less than the answer timeout of " + answerTimeout() + ", but may take "
                        + durability.timeout());
            }
            return durability;
        }

        /** What a user must be permitted besides what the scripts do. */
        private List<String> sentToo(@Nullable Durability durability) {
            List<String> commands = new ArrayList<>();
            if (durability != null) {
                commands.add(durability.onDisk() ? "WAITAOF 1 0 0" : "WAIT 0 0");
            }
            if (leadsToCluster()) {
                commands.add("ASKING");
            }
            return commands;
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
            return new Builder(WireBuilder.to(uri)).build();
        }

        @Override
        public LockBackend connect(URI uri, Ticker ticker, Scheduler scheduler) {
            return new Builder(WireBuilder.to(uri)).backend(ticker, scheduler);
        }
    }
}
