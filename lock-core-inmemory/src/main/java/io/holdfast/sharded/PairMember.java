package io.holdfast.sharded;

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
import java.util.concurrent.CompletionStage;

/** A shard's store as one of two by which a resource is locked. It belongs to several pairs, and is closed by none of them. */
record PairMember(LockBackend store, TokenFloor floor) implements LockBackend, TokenFloor {
    /**
     * A shard's store.
     *
     * @throws IllegalArgumentException if it doesn't let its tokens be raised
     */
    static PairMember of(String shard, LockBackend store) {
        if (store instanceof TokenFloor floor) {
            return new PairMember(store, floor);
        }
        throw new IllegalArgumentException("resources can't move to or from shard '" + shard + "': "
                + store.capabilities().name() + " doesn't let its tokens be raised");
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return store.acquire(request);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return store.withdraw(request);
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return store.release(hold);
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return store.renew(holds);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return store.inspect(resource);
    }

    @Override
    public CompletionStage<Raised> raiseToken(HoldRef hold, long token) {
        return floor.raiseToken(hold, token);
    }

    @Override
    public CompletionStage<Floor> raiseFloor(long token, long incarnation) {
        return floor.raiseFloor(token, incarnation);
    }

    @Override
    public Duration answerTimeout() {
        return store.answerTimeout();
    }

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public void close() {
        // Left to the backend that has all pairs.
    }
}
