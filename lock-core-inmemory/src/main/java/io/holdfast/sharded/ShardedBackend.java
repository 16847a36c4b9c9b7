package io.holdfast.sharded;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * One backend made of several independent ones, each of which has the resources that a {@link ShardMap} gives it. A
 * command goes to one shard and to no other, so that a shard which fails takes its own resources along and nothing else;
 * its failures name it. A renewal of many holds goes to all shards concerned at once.
 *
 * <p>What the shards promise, this promises: each resource lives in one of them.
 */
public final class ShardedBackend implements LockBackend {
    private final ShardMap map;
    private final Shard[] shards;
    /** The shards by which several are asked at once. */
    private final Shard[] parallel;

    private final Capabilities capabilities;
    private final Runnable onClose;
    private final ShardedBackend blocking;

    /**
     * Makes one backend of several.
     *
     * @param map says which shard has which resource
     * @param stores the backend of each shard in the map, by its name; closed with this one
     * @throws IllegalArgumentException if a shard has no backend, or a backend has no shard
     */
    public ShardedBackend(ShardMap map, Map<String, ? extends LockBackend> stores) {
        this(map, stores, () -> {});
    }

    /** Makes one that does something more when it has been closed. */
    ShardedBackend(ShardMap map, Map<String, ? extends LockBackend> stores, Runnable onClose) {
        if (!stores.keySet().equals(Set.copyOf(map.shards()))) {
            throw new IllegalArgumentException(
                    "there must be one backend for each of " + map.shards() + ", but there are for " + stores.keySet());
        }
        this.map = map;
        this.onClose = onClose;
        this.shards = map.shards().stream()
                .map(name -> new Shard(name, Objects.requireNonNull(stores.get(name), name)))
                .toArray(Shard[]::new);
        this.parallel = shards;
        this.capabilities = Shard.common("sharded", shards);
        Shard[] views = Stream.of(shards).map(Shard::blocking).toArray(Shard[]::new);
        this.blocking = Arrays.equals(views, shards) ? this : new ShardedBackend(this, views);
    }

    /** The view for callers that wait. */
    private ShardedBackend(ShardedBackend plain, Shard[] views) {
        this.map = plain.map;
        this.shards = views;
        this.parallel = plain.shards;
        this.capabilities = plain.capabilities;
        this.onClose = plain.onClose;
        this.blocking = this;
    }

    private Shard shardOf(String resource) {
        return shards[map.indexOf(resource)];
    }

    @Override
    public LockBackend blocking() {
        return blocking;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return shardOf(request.resource()).acquire(request);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return shardOf(request.resource()).withdraw(request);
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return shardOf(hold.resource()).release(hold);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return shardOf(resource).inspect(resource);
    }

    /** {@inheritDoc} What a shard doesn't answer is unknown of its own holds; the others' outcomes are told all the same. */
    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return Renewal.of(holds, map::indexOf, index -> shards[index], index -> parallel[index]);
    }

    /** {@inheritDoc} As long as the slowest shard may take. */
    @Override
    public Duration answerTimeout() {
        return Shard.longestAnswer(parallel);
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    /** Closes all shards, also if one can't be. */
    @Override
    public void close() {
        Shard.closeAll(shards, onClose);
    }
}
