package io.holdfast.core;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A store that could not be connected to at the start. Until it can, every command fails at once, and has changed nothing; afterwards this is
 * the store.
 *
 * <p>What the store can do isn't known at the start, and capabilities don't change: so this promises the least, and claims to let its tokens be
 * raised. If they can't be, that fails when it is asked for.
 */
final class LateBackend implements LockBackend, TokenFloor {
    private static final Capabilities LEAST = new Capabilities(
            "a store that was out of reach at the start", Duration.ofMillis(1), Duration.ofMillis(1), false);

    private static final Duration LONG = Duration.ofSeconds(5);

    private final LateConnection connection;
    private final boolean callersWait;
    private final LateBackend blocking;

    LateBackend(LateConnection connection) {
        this.connection = connection;
        this.callersWait = false;
        this.blocking = new LateBackend(this);
    }

    /** The view for callers that wait. */
    private LateBackend(LateBackend plain) {
        this.connection = plain.connection;
        this.callersWait = true;
        this.blocking = this;
    }

    @Override
    public LockBackend blocking() {
        return blocking;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return pass(store -> store.acquire(request));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return pass(store -> store.withdraw(request));
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return pass(store -> store.release(hold));
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return pass(store -> store.renew(holds));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return pass(store -> store.inspect(resource));
    }

    @Override
    public CompletionStage<Raised> raiseToken(HoldRef hold, long token) {
        return passToFloor(floor -> floor.raiseToken(hold, token));
    }

    @Override
    public CompletionStage<Floor> raiseFloor(long token, long incarnation) {
        return passToFloor(floor -> floor.raiseFloor(token, incarnation));
    }

    private <T> CompletionStage<T> pass(Function<LockBackend, CompletionStage<T>> command) {
        LockBackend store = connection.store();
        if (store == null) {
            return CompletableFuture.failedFuture(connection.failure());
        }
        return command.apply(callersWait ? store.blocking() : store);
    }

    private <T> CompletionStage<T> passToFloor(Function<TokenFloor, CompletionStage<T>> command) {
        return pass(store -> store instanceof TokenFloor floor
                ? command.apply(floor)
                : CompletableFuture.failedFuture(LockBackendException.notApplied(
                        store.capabilities().name() + " doesn't let its tokens be raised", null)));
    }

    /** {@inheritDoc} As long as any of ours takes. */
    @Override
    public Duration answerTimeout() {
        return LONG;
    }

    @Override
    public Capabilities capabilities() {
        return LEAST;
    }

    @Override
    public void close() {
        connection.close();
    }
}
