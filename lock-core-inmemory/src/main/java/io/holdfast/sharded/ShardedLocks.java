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
 * and a semicolon inside a shard's URI is written as {@code %3B}.
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
        private final Map<String, Integer> weights = new LinkedHashMap<>();
        private final Map<String, String> uris = new LinkedHashMap<>();
        private LockOptions defaultOptions = LockOptions.defaults();
        private Duration answerTimeout = Duration.ofSeconds(1);

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
            Objects.requireNonNull(name, "name");
            if (weights.put(name, weight) != null) {
                throw new IllegalArgumentException("there are two shards of the same name");
            }
            uris.put(name, Objects.requireNonNull(uri, "uri"));
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
         * @throws IllegalArgumentException if the shards make no {@link ShardMap}, or one of the URIs names no backend
         * @throws io.holdfast.LockBackendException if a shard could not be reached whose backend connects at once
         */
        public DistributedLock open() {
            ShardMap map = ShardMap.ofWeights(weights);
            SystemTime time = new SystemTime();
            LockBackend backend;
            try {
                backend = new ShardedBackend(map, Backends.connectAll(uris, time, time), time::close);
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
            Backends.parts(uri).forEach((name, store) -> {
                int star = name.indexOf('*');
                if (star < 0) {
                    builder.shard(name, store);
                } else {
                    builder.shard(name.substring(0, star), weight(name.substring(star + 1)), store);
                }
            });
            return builder.open();
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
