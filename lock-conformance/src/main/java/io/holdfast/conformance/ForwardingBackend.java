package io.holdfast.conformance;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Passes every command on to another backend. Subclasses change some. It is its own {@linkplain LockBackend#blocking view} for callers that wait,
 * so that no command passes a subclass by.
 */
public abstract class ForwardingBackend implements LockBackend {
    private final LockBackend target;

    /**
     * Makes a backend that adds nothing.
     *
     * @param target where the commands go
     */
    protected ForwardingBackend(LockBackend target) {
        this.target = target;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return target.acquire(request);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return target.withdraw(request);
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return target.release(hold);
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return target.renew(holds);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return target.inspect(resource);
    }

    @Override
    public Duration answerTimeout() {
        return target.answerTimeout();
    }

    @Override
    public Capabilities capabilities() {
        return target.capabilities();
    }

    @Override
    public void close() {
        target.close();
    }
}
