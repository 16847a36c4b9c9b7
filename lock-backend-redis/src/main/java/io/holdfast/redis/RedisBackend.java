package io.holdfast.redis;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.redis.wire.Wire;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Locks in Redis: each command is one server script, and what several processes must agree on is decided there.
 *
 * <p>Thread-safe.
 */
class RedisBackend implements LockBackend {
    private static final Capabilities CAPABILITIES =
            new Capabilities("Redis", Duration.ofMillis(1), Duration.ofMillis(1), true);

    private final Wire wire;
    private final KeySpace keySpace;
    private final WaitingRoom room;
    private final Commands commands;
    private final Renewals renewals;
    private final AtomicBoolean closed;
    private final Runnable onClose;
    private final LockBackend blocking;

    /**
     * Makes a backend, which closes the wire with itself.
     *
     * @param cluster whether the wire leads to a Cluster
     * @param confirms whether grants must be confirmed by replicas, as the wire is set up to ask for
     * @param onClose what else is to be ended with it
     */
    RedisBackend(
            Wire wire,
            String prefix,
            boolean cluster,
            boolean confirms,
            Ticker ticker,
            Scheduler scheduler,
            Runnable onClose) {
        this.onClose = onClose;
        this.wire = wire;
        this.keySpace = cluster ? KeySpace.cluster(prefix) : KeySpace.single(prefix);
        LateCopies lateCopies = new LateCopies();
        TokenLife tokenLife = new TokenLife(cluster, ticker);
        this.commands = new Commands(wire, ticker, lateCopies, tokenLife);
        this.room = new WaitingRoom(wire, commands, ticker, scheduler, cluster, confirms);
        this.renewals = new Renewals(commands, keySpace, cluster);
        this.closed = new AtomicBoolean();
        this.blocking = new RedisBackend(this, new Commands(wire.blocking(), ticker, lateCopies, tokenLife), cluster);
    }

    /** The same backend, for callers who wait. */
    private RedisBackend(RedisBackend same, Commands commands, boolean cluster) {
        this.wire = same.wire;
        this.keySpace = same.keySpace;
        this.room = same.room;
        this.commands = commands;
        this.renewals = new Renewals(commands, same.keySpace, cluster);
        this.closed = same.closed;
        this.onClose = same.onClose;
        this.blocking = this;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        if (closed.get()) {
            return CompletableFuture.failedFuture(closedException());
        }
        List<byte[]> keys = keySpace.of(request.resource());
        return request.waitNanos() > 0 ? room.acquire(commands, request, keys) : commands.tryAcquire(request, keys);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        if (closed.get()) {
            return CompletableFuture.failedFuture(closedException());
        }
        room.leave(request);
        return commands.withdraw(request, keySpace.of(request.resource()));
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return closed.get()
                ? CompletableFuture.failedFuture(closedException())
                : room.release(commands, hold, keySpace.of(hold.resource()));
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return closed.get() ? CompletableFuture.failedFuture(closedException()) : renewals.renew(holds);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return closed.get()
                ? CompletableFuture.failedFuture(closedException())
                : commands.inspect(resource, keySpace.visible(resource));
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    /** {@inheritDoc} As it has been configured. */
    @Override
    public Duration answerTimeout() {
        return wire.answerTimeout();
    }

    @Override
    public LockBackend blocking() {
        return blocking;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            room.close(closedException());
            wire.close();
            onClose.run();
        }
    }

    final boolean isClosed() {
        return closed.get();
    }

    static LockBackendException closedException() {
        return LockBackendException.notApplied("the connection to Redis is closed", null);
    }
}
