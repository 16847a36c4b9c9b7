package io.holdfast.inmemory;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
        Stripe stripe = engine.stripeOf(request.resource());
        AcquireReply reply = stripe.acquire(request, moment(request), this);
        if (reply instanceof AcquireReply.Queued && closed) {
            // Perhaps too late for the close to find it.
            stripe.disconnect(this, closedException());
        }
        return CompletableFuture.completedFuture(reply);
    }

    private long moment(AcquireRequest request) {
        return sharesClock ? request.startedAt() : engine.ticker().read();
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return answer(() -> engine.stripeOf(request.resource()).withdraw(request));
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
    public CompletionStage<Floor> raiseFloor(long token, long incarnation) {
        return answer(() -> new Floor(engine.raiseFloor(token, incarnation), engine.isFloorRaised(), engine.memory()));
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
        engine.stripes().forEach(stripe -> stripe.disconnect(this, closedException()));
        onClose.run();
    }

    private static LockBackendException closedException() {
        return LockBackendException.notApplied("the connection to the in-memory engine is closed", null);
    }
}
