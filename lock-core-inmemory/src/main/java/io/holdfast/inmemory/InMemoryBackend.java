package io.holdfast.inmemory;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** One connection to an {@link InMemoryEngine}. It answers every call at once, but for grants that must wait. */
final class InMemoryBackend implements LockBackend, TokenFloor {
    private static final Capabilities CAPABILITIES =
            new Capabilities("in-memory", Duration.ofMillis(1), Duration.ofMillis(1), true);
    private static final RenewOutcome LOST = new RenewOutcome.Lost();

    private static final CompletionStage<Boolean> RELEASED = CompletableFuture.completedFuture(true);
    private static final CompletionStage<Boolean> NOTHING_TO_RELEASE = CompletableFuture.completedFuture(false);

    private final InMemoryEngine engine;
    private final boolean sharesClock;
    private final Runnable onClose;
    /** The requests of this connection that wait, to end them with it. */
    private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();

    private volatile boolean closed;

    /**
     * Makes a connection.
     *
     * @param sharesClock whether requests were certainly stamped by the engine's own ticker, a moment ago: then it isn't read
     *     again, which would take a fifth of an uncontended acquire
     */
    InMemoryBackend(InMemoryEngine engine, boolean sharesClock, Runnable onClose) {
        this.engine = engine;
        this.sharesClock = sharesClock;
        this.onClose = onClose;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        if (closed) {
            return CompletableFuture.failedFuture(closedException());
        }
        AcquireReply reply = engine.stripeOf(request.resource()).acquire(request, moment(request));
        if (reply instanceof AcquireReply.Queued queued) {
            track(new Waiting(request, queued.grant().toCompletableFuture()));
        }
        return CompletableFuture.completedFuture(reply);
    }

    private long moment(AcquireRequest request) {
        return sharesClock ? request.startedAt() : engine.ticker().read();
    }

    private void track(Waiting wait) {
        waiting.put(wait.request.id(), wait);
        CompletableFuture<?> unused =
                wait.grant.whenComplete((granted, failure) -> waiting.remove(wait.request.id(), wait));
        if (closed) {
            abandon(wait);
        }
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return answer(() -> {
            waiting.remove(request.id());
            return engine.stripeOf(request.resource()).withdraw(request);
        });
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        if (closed) {
            return CompletableFuture.failedFuture(closedException());
        }
        return engine.stripeOf(hold.resource()).release(hold) ? RELEASED : NOTHING_TO_RELEASE;
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return answer(() -> holds.stream().map(this::renew).toList());
    }

    private RenewOutcome renew(HoldRef hold) {
        OptionalLong validUntil = engine.stripeOf(hold.resource()).renew(hold);
        return validUntil.isPresent() ? new RenewOutcome.Renewed(validUntil.getAsLong()) : LOST;
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return answer(() -> engine.stripeOf(resource).inspect(resource));
    }

    @Override
    public CompletionStage<Raised> raiseToken(HoldRef hold, long token) {
        return answer(() -> new Raised(engine.stripeOf(hold.resource()).raiseToken(hold, token), engine.memory()));
    }

    @Override
    public CompletionStage<Floor> raiseFloor(long token) {
        return answer(() -> new Floor(engine.raiseFloor(token), engine.memory()));
    }

    private <T> CompletionStage<T> answer(Supplier<T> command) {
        return closed
                ? CompletableFuture.failedFuture(closedException())
                : CompletableFuture.completedFuture(command.get());
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        List.copyOf(waiting.values()).forEach(this::abandon);
        onClose.run();
    }

    private void abandon(Waiting wait) {
        waiting.remove(wait.request.id());
        engine.stripeOf(wait.request.resource()).withdraw(wait.request);
        wait.grant.completeExceptionally(closedException());
    }

    private static LockBackendException closedException() {
        return LockBackendException.notApplied("the connection to the in-memory engine is closed", null);
    }

    /** A request of this connection that is in the queue. */
    private record Waiting(AcquireRequest request, CompletableFuture<Optional<Grant>> grant) {}
}
