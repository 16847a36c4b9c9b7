package io.holdfast.quorum;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.TokenFloor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A store that can be turned off or be slow, and be replaced by an empty one as if it had been restarted without its memory. */
final class Switched implements LockBackend, TokenFloor {
    private final Deque<Runnable> underWay = new ArrayDeque<>();
    private LockBackend store;
    private boolean off;
    private boolean slow;

    Switched(LockBackend store) {
        this.store = store;
    }

    void turnOff() {
        off = true;
    }

    void turnOn() {
        off = false;
    }

    /** From now on, commands and their answers stay on the way until {@link #deliver}. */
    void slowDown() {
        slow = true;
    }

    /** New commands arrive at once again; those that are on the way stay there. */
    void speedUp() {
        slow = false;
    }

    /** What is on the way arrives, in order. */
    void deliver() {
        slow = false;
        for (int i = underWay.size(); i > 0; i--) {
            underWay.remove().run();
        }
    }

    /** Only the oldest command arrives; the others stay on the way. */
    void deliverOne() {
        underWay.remove().run();
    }

    void restart(LockBackend empty) {
        store = empty;
    }

    private <T> CompletionStage<T> pass(Function<LockBackend, CompletionStage<T>> command) {
        if (slow) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            underWay.add(() -> {
                CompletionStage<T> late = command.apply(store);
                CompletableFuture<?> unused = late.whenComplete((value, failure) -> {
                            if (failure == null) {
                                answer.complete(value);
                            } else {
                                answer.completeExceptionally(failure);
                            }
                        })
                        .toCompletableFuture();
            });
            return answer;
        }
        return off
                ? CompletableFuture.failedFuture(LockBackendException.notApplied("it is off", null))
                : command.apply(store);
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return pass(to -> to.acquire(request));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return pass(to -> to.withdraw(request));
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return pass(to -> to.release(hold));
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return pass(to -> to.renew(holds));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return pass(to -> to.inspect(resource));
    }

    @Override
    public CompletionStage<Raised> raiseToken(HoldRef hold, long token) {
        return pass(to -> ((TokenFloor) to).raiseToken(hold, token));
    }

    @Override
    public CompletionStage<Floor> raiseFloor(long token, long incarnation) {
        return pass(to -> ((TokenFloor) to).raiseFloor(token, incarnation));
    }

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public void close() {
        store.close();
    }
}
