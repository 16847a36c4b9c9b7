package io.holdfast.sharded;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import io.holdfast.LockProvider;
import io.holdfast.core.Backends;
import io.holdfast.core.LockManager;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.LockBackend;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

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
 * and {@code -east=…}; {@code longest-lease=PT5M} and {@code member-timeout=PT1S} are settings then, and no shards.
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
        private final Map<String, String> uris = new LinkedHashMap<>();
        private LockOptions defaultOptions = LockOptions.defaults();
        private Duration answerTimeout = Duration.ofSeconds(1);
        private Duration longestLease = Duration.ofMinutes(5);
        private Duration memberTimeout = Duration.ofSeconds(1);

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
            connect(name, uri);
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
            connect(name, uri);
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
            connect(name, uri);
            from.put(name, weight);
            return this;
        }

        private void connect(String name, String uri) {
            Objects.requireNonNull(name, "name");
            if (uris.put(name, Objects.requireNonNull(uri, "uri")) != null) {
                throw new IllegalArgumentException("there are two shards of the same name");
            }
        }

        /**
         * Sets the longest lease of resources that move while shards are added or removed; five minutes unless set.
         *
         * @param lease as for {@link MovingBackend}; without a move it means nothing
         * @return this
         */
        public Builder longestLease(Duration lease) {
            this.longestLease = Objects.requireNonNull(lease, "lease");
            return this;
        }

        /**
         * Sets how long each of its two shards may take to answer what concerns a resource that moves, while shards are added or removed; one
         * second unless set.
         *
         * @param timeout as for {@link MovingBackend.Builder#memberTimeout}; without a move it means nothing
         * @return this
         */
        public Builder memberTimeout(Duration timeout) {
            this.memberTimeout = Objects.requireNonNull(timeout, "timeout");
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
         * Sets how long a shard may take to answer; one second unless set.
         *
         * @param timeout as for {@link LockManager.Builder#answerTimeout}
         * @return this
         */
        public Builder answerTimeout(Duration timeout) {
            this.answerTimeout = Objects.requireNonNull(timeout, "timeout");
            return this;
        }

        /**
         * Connects to all shards.
         *
         * @return the lock, to be closed by the caller
         * @throws IllegalArgumentException if the shards make no {@link ShardMap}, one of the URIs names no backend, or two shards of
         *     a move have the same store
         * @throws io.holdfast.LockBackendException if a shard could not be reached whose backend connects at once
         */
        public DistributedLock open() {
            ShardMap old = ShardMap.ofWeights(from);
            ShardMap next = ShardMap.ofWeights(to);
            if (!old.equals(next)) {
                requireDifferentStores();
            }
            SystemTime time = new SystemTime();
            LockBackend backend;
            try {
                backend = connect(old, next, time);
            } catch (RuntimeException failure) {
                time.close();
                throw failure;
            }
            return LockManager.builder(backend)
                    .defaultOptions(defaultOptions)
                    .answerTimeout(answerTimeout)
                    .time(time, time)
                    .build();
        }

        /** A resource that moves is locked in two stores: one that has two names would grant it to itself. */
        private void requireDifferentStores() {
            Map<String, String> names = new HashMap<>();
            uris.forEach((name, uri) -> {
                // Each of these is an engine of its own.
                boolean alone = uri.startsWith("memory:");
                String other = alone ? null : names.put(withoutUser(uri), name);
                if (other != null) {
                    throw new IllegalArgumentException(
                            "shards '" + other + "' and '" + name
                                    + "' have the same store, between whose names nothing can move: take another server or key prefix");
                }
            });
        }

        private static String withoutUser(String uri) {
            return uri.replaceFirst("//[^/]*@", "//").replaceFirst("/+$", "");
        }

        private LockBackend connect(ShardMap old, ShardMap next, SystemTime time) {
            Map<String, LockBackend> stores = Backends.connectAll(uris, time, time);
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
