package io.holdfast.conformance.broken;

import io.holdfast.LockBackendException;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A connection to the simple store, which can be cut. */
class SimpleConnection implements LockBackend {
    private static final Capabilities CAPABILITIES =
            new Capabilities("simple", Duration.ofMillis(1), Duration.ofMillis(1), true);

    private final SimpleStore store;
    private volatile boolean cut;
    private volatile boolean closed;

    SimpleConnection(SimpleStore store) {
        this.store = store;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return send(() -> store.acquire(this, request));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return send(() -> store.withdraw(request));
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return send(() -> store.release(hold));
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return send(() -> holds.stream().map(store::renew).toList());
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return send(() -> store.inspect(resource));
    }

    <T> CompletionStage<T> send(Supplier<T> command) {
        if (closed || cut) {
            return CompletableFuture.failedFuture(failure());
        }
        return store.send(command);
    }

    final boolean isPaused() {
        return store.isPaused();
    }

    final boolean isCut() {
        return cut;
    }

    final boolean isClosed() {
        return closed;
    }

    final void cut() {
        cut = true;
    }

    final void restore() {
        cut = false;
    }

    private LockBackendException failure() {
        return LockBackendException.notApplied(closed ? "the connection is closed" : "the connection is cut", null);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public void close() {
        closed = true;
        store.alone(() -> {
            store.disconnect(this, failure());
            return true;
        });
    }
}
