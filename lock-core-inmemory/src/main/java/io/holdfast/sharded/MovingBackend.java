package io.holdfast.sharded;

import io.holdfast.LockInfo;
import io.holdfast.core.internal.QuorumLimits;
import io.holdfast.quorum.QuorumBackend;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * A sharded backend on the way from one {@link ShardMap} to another, which excludes both: those that lock by the old map alone, and
 * those that lock by the new one alone. A resource that has the same shard in both is locked there. One whose shard changes is
 * locked in both shards, the old one first, as by a quorum of the two; its token is greater than all that
 * either has given, and both give greater ones afterwards.
 *
 * <p>Processes by the old map and processes by the new map don't exclude each other. So none may use the new map alone
 * before the last that used the old map alone has ended; {@code docs/sharding.md} has the steps.
 *
 * <p>While some processes use one map alone, {@link #inspect} tells of holds in either shard. The order of waiters is
 * that of the old shard among those who ask there, and isn't promised beyond that.
 */
public final class MovingBackend implements LockBackend {
    private final ShardMap from;
    private final ShardMap to;
    private final int[] placeOfOld;
    private final int[] placeOfNew;
    private final Shard[] shards;
    /** The shards by which several are asked at once. */
    private final Shard[] parallel;

    private final List<String> names;
    private final List<PairMember> members;
    /** Made when the first of their resources is asked for. */
    private final ConcurrentMap<Integer, Shard> pairs;

    private final Builder builder;
    private final TokenLevel level;
    private final Capabilities capabilities;
    private final AtomicBoolean closed;
    private final MovingBackend blocking;

    private MovingBackend(Builder builder) {
        this.from = builder.from;
        this.to = builder.to;
        TreeSet<String> both = new TreeSet<>(from.shards());
        both.addAll(to.shards());
        if (!builder.stores.keySet().equals(both)) {
            throw new IllegalArgumentException(
                    "there must be one backend for each of " + both + ", but there are for " + builder.stores.keySet());
        }
        this.names = List.copyOf(both);
        this.placeOfOld = from.shards().stream().mapToInt(names::indexOf).toArray();
        this.placeOfNew = to.shards().stream().mapToInt(names::indexOf).toArray();
        this.builder = builder;
        this.pairs = new ConcurrentHashMap<>();
        this.closed = new AtomicBoolean();
        Map<String, PairMember> ofPairs = new TreeMap<>();
        builder.stores.forEach((name, store) -> ofPairs.put(name, PairMember.of(name, store)));
        this.members = List.copyOf(ofPairs.values());
        this.shards = ofPairs.entrySet().stream()
                .map(member -> new Shard(member.getKey(), member.getValue().store()))
                .toArray(Shard[]::new);
        this.parallel = shards;
        this.capabilities = common(shards, builder.longestLease);
        this.level = new TokenLevel(ofPairs, builder.scheduler);
        this.blocking =
                new MovingBackend(this, Stream.of(shards).map(Shard::blocking).toArray(Shard[]::new));
        level.start();
    }

    /** A resource that moves is held as by a quorum, which keeps no lease that is too short or too long. */
    private static Capabilities common(Shard[] shards, Duration longestLease) {
        Capabilities common = Shard.common("moving between shards", shards);
        Duration minLease = common.minLease().compareTo(QuorumBackend.SHORTEST_LEASE) > 0
                ? common.minLease()
                : QuorumBackend.SHORTEST_LEASE;
        Duration maxLease = common.maxLease().compareTo(longestLease) < 0 ? common.maxLease() : longestLease;
        return new Capabilities(common.name(), minLease, maxLease, common.leaseGranularity(), false);
    }

    /**
     * Begins to configure one backend of several.
     *
     * @param from which shard had which resource before
     * @param to which shard will have it
     * @param stores the backend of each shard in one of the maps, by its name; closed with this one. Each of them must
     *     implement {@link io.holdfast.spi.TokenFloor}, and no two may be the same store
     * @param ticker the time that the stores' grants are valid by
     * @param scheduler agrees with the ticker
     * @return a builder
     */
    public static Builder builder(
            ShardMap from, ShardMap to, Map<String, ? extends LockBackend> stores, Ticker ticker, Scheduler scheduler) {
        return new Builder(from, to, stores, ticker, scheduler);
    }

    /** The view for callers that wait. */
    private MovingBackend(MovingBackend plain, Shard[] views) {
        this.from = plain.from;
        this.to = plain.to;
        this.names = plain.names;
        this.placeOfOld = plain.placeOfOld;
        this.placeOfNew = plain.placeOfNew;
        this.builder = plain.builder;
        this.closed = plain.closed;
        this.pairs = plain.pairs;
        this.members = plain.members;
        this.shards = views;
        this.parallel = plain.shards;
        this.level = plain.level;
        this.capabilities = plain.capabilities;
        this.blocking = this;
    }

    /** The number of a resource's home: that of its old shard, and that of its new one. */
    private int homeOf(String resource) {
        return placeOfOld[from.indexOf(resource)] * names.size() + placeOfNew[to.indexOf(resource)];
    }

    private Shard home(int number) {
        return home(number, shards);
    }

    private Shard home(int number, Shard[] alone) {
        int old = number / names.size();
        int next = number % names.size();
        if (old == next) {
            return alone[old];
        }
        Shard pair = pairs.computeIfAbsent(number, absent -> pair(old, next));
        if (closed.get()) {
            // It may have been made while the others were closed.
            pair.close();
        }
        return pair;
    }

    private Shard pair(int old, int next) {
        Map<String, LockBackend> two = new LinkedHashMap<>();
        two.put(names.get(old), members.get(old));
        two.put(names.get(next), members.get(next));
        QuorumBackend both = QuorumBackend.builder(two, builder.ticker, builder.scheduler)
                .longestLease(builder.longestLease)
                .memberTimeout(builder.memberTimeout)
                // Who was there before the move is trusted, as without it.
                .firstStart(true)
                // By one of the maps alone, it is held in one shard alone.
                .releasedByAny(true)
                .build();
        return new Shard(names.get(old) + ", moving to " + names.get(next), both);
    }

    private Shard homeOfOne(String resource) {
        return home(homeOf(resource));
    }

    @Override
    public LockBackend blocking() {
        return blocking;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return homeOfOne(request.resource()).acquire(request);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return homeOfOne(request.resource()).withdraw(request);
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return homeOfOne(hold.resource()).release(hold);
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return Renewal.of(holds, this::homeOf, this::home, number -> home(number, parallel));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        int number = homeOf(resource);
        int old = number / names.size();
        int next = number % names.size();
        if (old == next) {
            return shards[old].inspect(resource);
        }
        // Somebody who uses one of the maps alone holds it in one of the shards alone.
        return home(number)
                .inspect(resource)
                .thenCompose(whole -> or(whole, old, resource))
                .thenCompose(seen -> or(seen, next, resource));
    }

    private CompletionStage<Optional<LockInfo>> or(Optional<LockInfo> seen, int place, String resource) {
        return seen.isPresent() ? CompletableFuture.completedFuture(seen) : parallel[place].inspect(resource);
    }

    /** {@inheritDoc} As long as the slowest shard may take, or an acquire in two of them. */
    @Override
    public Duration answerTimeout() {
        Duration pair = builder.memberTimeout.multipliedBy(2);
        Duration alone = Shard.longestAnswer(parallel);
        return pair.compareTo(alone) > 0 ? pair : alone;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    /** Closes all shards, also if one can't be. The second call does nothing. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        level.close();
        Shard.closeAll(
                Stream.concat(pairs.values().stream(), Stream.of(parallel)).toArray(Shard[]::new), builder.onClose);
    }

    /** Configures a {@link MovingBackend}. Not thread-safe. */
    public static final class Builder {
        private final ShardMap from;
        private final ShardMap to;
        private final Map<String, LockBackend> stores;
        private final Ticker ticker;
        private final Scheduler scheduler;
        private Duration longestLease = QuorumLimits.LONGEST_LEASE;
        private Duration memberTimeout = QuorumLimits.MEMBER_TIMEOUT;
        private Runnable onClose = () -> {};

        private Builder(
                ShardMap from,
                ShardMap to,
                Map<String, ? extends LockBackend> stores,
                Ticker ticker,
                Scheduler scheduler) {
            this.from = Objects.requireNonNull(from, "from");
            this.to = Objects.requireNonNull(to, "to");
            this.stores = Map.copyOf(stores);
            this.ticker = Objects.requireNonNull(ticker, "ticker");
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        }

        /**
         * Sets the longest lease: longer leases are refused, and a shard that restarts without its
         * memory meanwhile grants none of those for as long.
         *
         * @param lease as for {@link QuorumBackend.Builder#longestLease}; five minutes unless set
         * @return this
         * @throws IllegalArgumentException if it is out of its limits
         */
        public Builder longestLease(Duration lease) {
            this.longestLease = QuorumLimits.longestLease(lease);
            return this;
        }

        /**
         * Sets how long each of its two shards may take to answer what concerns a resource that moves. Both are needed.
         *
         * @param timeout as for {@link QuorumBackend.Builder#memberTimeout}; one second unless set
         * @return this
         * @throws IllegalArgumentException if it is out of its limits
         */
        public Builder memberTimeout(Duration timeout) {
            this.memberTimeout = QuorumLimits.memberTimeout(timeout);
            return this;
        }

        /** Has something done when all shards have been closed. */
        Builder onClose(Runnable action) {
            this.onClose = action;
            return this;
        }

        /**
         * Makes the backend.
         *
         * @return the backend, to be closed by the caller
         * @throws IllegalArgumentException if a shard has no backend, or a backend has no shard or doesn't let its tokens be
         *     raised
         */
        public MovingBackend build() {
            return new MovingBackend(this);
        }
    }
}
