package io.holdfast.sharded;

import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
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

    private final Times times;
    private final TokenLevel level;
    private final Capabilities capabilities;
    private final Runnable onClose;
    private final MovingBackend blocking;

    /**
     * Makes one backend of several.
     *
     * @param from which shard had which resource before
     * @param to which shard will have it
     * @param stores the backend of each shard in one of the maps, by its name; closed with this one. Each of them must
     *     implement {@link io.holdfast.spi.TokenFloor}
     * @param longestLease longer leases of resources that move are refused, and a shard that restarts
     *     without its memory meanwhile grants none of those for as long; as
     *     {@link QuorumBackend.Builder#longestLease}
     * @param ticker the time that the stores' grants are valid by
     * @param scheduler agrees with the ticker
     * @throws IllegalArgumentException if a shard has no backend, a backend has no shard or doesn't let its tokens be raised, or
     *     the longest lease is out of its limits
     */
    public MovingBackend(
            ShardMap from,
            ShardMap to,
            Map<String, ? extends LockBackend> stores,
            Duration longestLease,
            Ticker ticker,
            Scheduler scheduler) {
        this(from, to, stores, new Times(ticker, scheduler, longestLease), () -> {});
    }

    /** Makes one that does something more when it has been closed. */
    static MovingBackend closedWith(
            ShardMap from,
            ShardMap to,
            Map<String, ? extends LockBackend> stores,
            Duration longestLease,
            Ticker ticker,
            Scheduler scheduler,
            Runnable onClose) {
        return new MovingBackend(from, to, stores, new Times(ticker, scheduler, longestLease), onClose);
    }

    private MovingBackend(
            ShardMap from, ShardMap to, Map<String, ? extends LockBackend> stores, Times times, Runnable onClose) {
        TreeSet<String> both = new TreeSet<>(from.shards());
        both.addAll(to.shards());
        if (!stores.keySet().equals(both)) {
            throw new IllegalArgumentException(
                    "there must be one backend for each of " + both + ", but there are for " + stores.keySet());
        }
        this.from = from;
        this.to = to;
        this.names = List.copyOf(both);
        this.placeOfOld = from.shards().stream().mapToInt(names::indexOf).toArray();
        this.placeOfNew = to.shards().stream().mapToInt(names::indexOf).toArray();
        this.times = times;
        this.onClose = onClose;
        this.pairs = new ConcurrentHashMap<>();
        Map<String, LockBackend> sorted = new TreeMap<>(stores);
        this.members = new ArrayList<>();
        sorted.forEach((name, store) -> members.add(PairMember.of(name, store)));
        this.shards = sorted.entrySet().stream()
                .map(store -> new Shard(store.getKey(), store.getValue()))
                .toArray(Shard[]::new);
        this.parallel = shards;
        Capabilities common = Shard.common("moving between shards", shards);
        this.capabilities = new Capabilities(common.name(), common.minLease(), common.leaseGranularity(), false);
        this.level = new TokenLevel(members, times.scheduler());
        this.blocking =
                new MovingBackend(this, Stream.of(shards).map(Shard::blocking).toArray(Shard[]::new));
        level.start();
    }

    /** The view for callers that wait. */
    private MovingBackend(MovingBackend plain, Shard[] views) {
        this.from = plain.from;
        this.to = plain.to;
        this.names = plain.names;
        this.placeOfOld = plain.placeOfOld;
        this.placeOfNew = plain.placeOfNew;
        this.times = plain.times;
        this.pairs = plain.pairs;
        this.members = plain.members;
        this.shards = views;
        this.parallel = plain.shards;
        this.level = plain.level;
        this.capabilities = plain.capabilities;
        this.onClose = plain.onClose;
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
        return old == next ? alone[old] : pairs.computeIfAbsent(number, absent -> pair(old, next));
    }

    private Shard pair(int old, int next) {
        Map<String, LockBackend> two = new LinkedHashMap<>();
        two.put(names.get(old), members.get(old));
        two.put(names.get(next), members.get(next));
        QuorumBackend both = QuorumBackend.builder(two, times.ticker(), times.scheduler())
                .longestLease(times.longestLease())
                // Who was there before the move is trusted, as without it.
                .firstStart(true)
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

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    /** Closes all shards, also if one can't be. */
    @Override
    public void close() {
        level.close();
        pairs.values().forEach(Shard::close);
        Shard.closeAll(parallel, onClose);
    }

    private record Times(Ticker ticker, Scheduler scheduler, Duration longestLease) {
        Times {
            if (longestLease.compareTo(Duration.ofMillis(1)) < 0 || longestLease.compareTo(LockOptions.MAX_LEASE) > 0) {
                throw new IllegalArgumentException(
                        "longestLease must be from PT0.001S to " + LockOptions.MAX_LEASE + ", but was " + longestLease);
            }
        }
    }
}
