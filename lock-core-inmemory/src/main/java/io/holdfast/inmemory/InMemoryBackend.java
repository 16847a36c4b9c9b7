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
final class InMemoryBackend implements LockBackend {
    private static final Capabilities CAPABILITIES =
            new Capabilities("in-memory", Duration.ofMillis(1), Duration.ofMillis(1), true);
    private static final RenewOutcome LOST = new RenewOutcome.Lost();

    private static final CompletionStage<Boolean> RELEASED = CompletableFuture.completedFuture(true);
    private static final CompletionStage<Boolean> NOTHING_TO_RELEASE = CompletableFuture.completedFuture(false);

    private final InMemoryEngine engine;
    private final Runnable onClose;
    /** The requests of this connection that wait, to end them with it. */
    private final Map<AcquireRequest, CompletableFuture<Optional<Grant>>> waiting = new ConcurrentHashMap<>();

    private volatile boolean closed;

    InMemoryBackend(InMemoryEngine engine, Runnable onClose) {
        this.engine = engine;
        this.onClose = onClose;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        if (closed) {
            return CompletableFuture.failedFuture(closedException());
        }
        AcquireReply reply = engine.stripeOf(request.resource()).acquire(request);
        if (reply instanceof AcquireReply.Queued queued) {
            track(request, queued.grant().toCompletableFuture());
        }
        return CompletableFuture.completedFuture(reply);
    }

    private void track(AcquireRequest request, CompletableFuture<Optional<Grant>> grant) {
        waiting.put(request, grant);
        CompletableFuture<?> unused = grant.whenComplete((granted, failure) -> waiting.remove(request, grant));
        if (closed) {
            abandon(request, grant);
        }
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return answer(() -> {
            waiting.remove(request);
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
        waiting.forEach(this::abandon);
        onClose.run();
    }

    private void abandon(AcquireRequest request, CompletableFuture<Optional<Grant>> grant) {
        waiting.remove(request);
        engine.stripeOf(request.resource()).withdraw(request);
        grant.completeExceptionally(closedException());
    }

    private static LockBackendException closedException() {
        return LockBackendException.notApplied("the connection to the in-memory engine is closed", null);
    }
}
