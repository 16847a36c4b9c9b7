package io.holdfast.sharded;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import io.holdfast.LockProvider;
import io.holdfast.core.Backends;
import io.holdfast.core.LockManager;
import io.holdfast.core.Parts;
import io.holdfast.core.SystemTime;
import io.holdfast.core.internal.Durations;
import io.holdfast.core.internal.QuorumLimits;
import io.holdfast.spi.BackendFactory;
import io.holdfast.spi.LockBackend;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Locks that are spread over several independent stores, when one can't hold them all: several Redis servers, several
 * etcd clusters, or a mixture. A resource lives in one shard, as {@link ShardMap} says; a shard that fails takes no more
 * than its own resources along.
 *
 * <pre>{@code
 * DistributedLock locks = ShardedLocks.builder()
 *         .shard("east", "redis://10.0.0.1:6379")
 *         .shard("west", 2, "redis://10.0.0.2:6379")
 *         .open();
 * }</pre>
 *
 * or {@code Locks.open("sharded:east=redis://10.0.0.1:6379;west*2=redis://10.0.0.2:6379")}, where {@code *2} is a weight
 * and a semicolon inside a shard's URI is written as {@code %3B}. While shards are added or removed, they are written as {@code +north=…}
 * and {@code -east=…}; {@code longest-lease=PT5M} and {@code member-timeout=PT1S} are settings then, and no shards. So are, at any time, {@code
 * answer-timeout=PT5S} and {@code default-lease=PT30S}, the lease of calls that name none.
 *
 * <p>All processes must have the same shards with the same weights, or they exclude each other no more.
 */
public final class ShardedLocks {
    private ShardedLocks() {}

    /**
     * Begins to configure a sharded lock.
     *
     * @return a builder without any shard
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Configures sharded locks. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Integer> from = new LinkedHashMap<>();
        private final Map<String, Integer> to = new LinkedHashMap<>();
        private final Parts shards = new Parts("shard");
        private LockOptions defaultOptions = LockOptions.defaults();
        private @Nullable Duration answerTimeout;
        private Duration longestLease = QuorumLimits.LONGEST_LEASE;
        private Duration memberTimeout = QuorumLimits.MEMBER_TIMEOUT;
        private @Nullable Executor callbackExecutor;

        private Builder() {}

        /**
         * Adds a shard of weight 1.
         *
         * @param name the shard's name, which decides what belongs to it: keep it when the server moves
         * @param uri the store, as for {@link io.holdfast.Locks#open}
         * @return this
         * @throws IllegalArgumentException if there is a shard of that name
         */
        public Builder shard(String name, String uri) {
            return shard(name, 1, uri);
        }

        /**
         * Adds a shard.
         *
         * @param name the shard's name, which decides what belongs to it: keep it when the server moves
         * @param weight how much belongs to it, in comparison; see {@link ShardMap#ofWeights}
         * @param uri the store, as for {@link io.holdfast.Locks#open}
         * @return this
         * @throws IllegalArgumentException if there is a shard of that name
         */
        public Builder shard(String name, int weight, String uri) {
            shards.add(name, uri);
            return staying(name, weight);
        }

        /**
         * Adds a shard that needs more than a URI says, of weight 1.
         *
         * @param name the shard's name, which decides what belongs to it: keep it when the server moves
         * @param factory connects to the store, such as a {@code RedisLocks.Builder} or an {@code EtcdLocks.Builder}: its own default options
         *     and executor mean nothing here
         * @return this
         * @throws IllegalArgumentException if there is a shard of that name
         */
        public Builder shard(String name, BackendFactory factory) {
            return shard(name, 1, factory);
        }

        /**
         * Adds a shard that needs more than a URI says.
         *
         * @param name the shard's name, which decides what belongs to it: keep it when the server moves
         * @param weight how much belongs to it, in comparison; see {@link ShardMap#ofWeights}
         * @param factory as for {@link #shard(String, BackendFactory)}
         * @return this
         * @throws IllegalArgumentException if there is a shard of that name
         */
        public Builder shard(String name, int weight, BackendFactory factory) {
            shards.add(name, factory);
            return staying(name, weight);
        }

        private Builder staying(String name, int weight) {
            from.put(name, weight);
            to.put(name, weight);
            return this;
        }

        /**
         * Adds a shard that is about to get resources: as long as this is said, what moves there is locked in its old shard, too. Only
         * a step of a procedure: see {@code docs/sharding.md}.
         *
         * @param name the shard's name
         * @param weight how much will belong to it, as for {@link #shard(String, int, String)}
         * @param uri the store, as for {@link io.holdfast.Locks#open}
         * @return this
         * @throws IllegalArgumentException if there is a shard of that name
         */
        public Builder adding(String name, int weight, String uri) {
            shards.add(name, uri);
            to.put(name, weight);
            return this;
        }

        /**
         * Adds a shard that is about to get resources, and needs more than a URI says.
         *
         * @param name the shard's name
         * @param weight how much will belong to it, as for {@link #shard(String, int, String)}
         * @param factory as for {@link #shard(String, BackendFactory)}
         * @return this
         * @throws IllegalArgumentException if there is a shard of that name
         */
        public Builder adding(String name, int weight, BackendFactory factory) {
            shards.add(name, factory);
            to.put(name, weight);
            return this;
        }

        /**
         * Adds a shard that is about to lose its resources: as long as this is said, they are locked there and in their new
         * shards. Only a step of a procedure: see {@code docs/sharding.md}.
         *
         * @param name the shard's name
         * @param weight how much belonged to it, as for {@link #shard(String, int, String)}
         * @param uri the store, as for {@link io.holdfast.Locks#open}
         * @return this
         * @throws IllegalArgumentException if there is a shard of that name
         */
        public Builder removing(String name, int weight, String uri) {
            shards.add(name, uri);
            from.put(name, weight);
            return this;
        }

        /**
         * Adds a shard that is about to lose its resources, and needs more than a URI says.
         *
         * @param name the shard's name
         * @param weight how much belonged to it, as for {@link #shard(String, int, String)}
         * @param factory as for {@link #shard(String, BackendFactory)}
         * @return this
         * @throws IllegalArgumentException if there is a shard of that name
         */
        public Builder removing(String name, int weight, BackendFactory factory) {
            shards.add(name, factory);
            from.put(name, weight);
            return this;
        }

        /**
         * Sets the longest lease while shards are added or removed; five minutes unless set.
         *
         * @param lease as for {@link MovingBackend.Builder#longestLease}; without a move it means nothing
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer than that
         */
        public Builder longestLease(Duration lease) {
            this.longestLease = QuorumLimits.longestLease(lease);
            return this;
        }

        /**
         * Sets how long each of its two shards may take to answer what concerns a resource that moves, while shards are added or removed; one
         * second unless set.
         *
         * @param timeout as for {@link MovingBackend.Builder#memberTimeout}; without a move it means nothing
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer than that
         */
        public Builder memberTimeout(Duration timeout) {
            this.memberTimeout = QuorumLimits.memberTimeout(timeout);
            return this;
        }

        /**
         * Sets the options that apply where a call names none.
         *
         * @param options lease and renewal; while shards are added or removed, the lease no longer than the longest
         * @return this
         */
        public Builder defaultOptions(LockOptions options) {
            this.defaultOptions = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Sets how long a shard may take to answer; as long as the slowest of them may take by its own configuration unless set, and while
         * shards are added or removed at least two member timeouts. A longer time than a shard's own means nothing to that one.
         *
         * @param timeout as for {@link LockManager.Builder#answerTimeout}
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer than that
         */
        public Builder answerTimeout(Duration timeout) {
            this.answerTimeout = Durations.require("answerTimeout", timeout, Durations.MILLISECOND, Durations.HOUR);
            return this;
        }

        /**
         * Sets who runs other people's code: listeners to lost holds, and what hangs on the futures of asynchronous acquires.
         *
         * @param executor as for {@link LockManager.Builder#callbackExecutor}
         * @return this
         */
        public Builder callbackExecutor(Executor executor) {
            this.callbackExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Connects to all shards. What belongs to one that can't be reached fails until it can, if any can.
         *
         * @return the lock, to be closed by the caller
         * @throws IllegalArgumentException if the shards make no {@link ShardMap}, one of the URIs names no backend, two shards of
         *     a move have the same URI, or its default lease is longer than its longest
         * @throws io.holdfast.LockBackendException if none of the shards can be reached
         */
        public DistributedLock open() {
            ShardMap old = ShardMap.ofWeights(from);
            ShardMap next = ShardMap.ofWeights(to);
            if (!old.equals(next)) {
                // It would grant a resource that moves to itself.
                shards.requireDifferentStores(
                        ", between whose names nothing can move: take another server or key prefix");
                QuorumLimits.requireDefaultLease(defaultOptions, longestLease);
            }
            return Backends.open(time -> connect(old, next, time), this::configure);
        }

        private void configure(LockManager.Builder manager) {
            manager.defaultOptions(defaultOptions);
            if (answerTimeout != null) {
                manager.answerTimeout(answerTimeout);
            }
            if (callbackExecutor != null) {
                manager.callbackExecutor(callbackExecutor);
            }
        }

        private LockBackend connect(ShardMap old, ShardMap next, SystemTime time) {
            Map<String, LockBackend> stores = shards.connect(time, time);
            try {
                return old.equals(next)
                        ? new ShardedBackend(old, stores, time::close)
                        : MovingBackend.builder(old, next, stores, time, time)
                                .longestLease(longestLease)
                                .memberTimeout(memberTimeout)
                                .onClose(time::close)
                                .build();
            } catch (RuntimeException failure) {
                stores.values().forEach(LockBackend::close);
                throw failure;
            }
        }
    }

    /** Opens {@code sharded:} for {@link io.holdfast.Locks#open}. */
    public static final class Provider implements LockProvider {
        /** For the service loader. */
        public Provider() {}

        @Override
        public Set<String> schemes() {
            return Set.of("sharded");
        }

        @Override
        public DistributedLock open(URI uri) {
            Builder builder = builder();
            Backends.parts(uri).forEach((name, value) -> {
                switch (name) {
                    case "answer-timeout" -> builder.answerTimeout(Backends.duration(name, value));
                    case "default-lease" ->
                        builder.defaultOptions(LockOptions.defaults().withLease(Backends.duration(name, value)));
                    case "longest-lease" -> builder.longestLease(Backends.duration(name, value));
                    case "member-timeout" -> builder.memberTimeout(Backends.duration(name, value));
                    default -> add(builder, name, value);
                }
            });
            return builder.open();
        }

        private static void add(Builder builder, String part, String store) {
            int star = part.indexOf('*');
            String shard = star < 0 ? part : part.substring(0, star);
            int weight = star < 0 ? 1 : weight(part.substring(star + 1));
            if (shard.startsWith("+")) {
                builder.adding(shard.substring(1), weight, store);
            } else if (shard.startsWith("-")) {
                builder.removing(shard.substring(1), weight, store);
            } else {
                builder.shard(shard, weight, store);
            }
        }

        private static int weight(String text) {
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException malformed) {
                throw new IllegalArgumentException("a shard's weight must be a number, as in 'east*2=…'");
            }
        }
    }
}
