package io.holdfast.core;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Calls a backend in such a way that whatever goes wrong, even a method that throws, ends in the future that is returned. */
final class BackendCalls {
    /** An answer that is known without asking; never shown to callers of the API, who could change it. */
    static final CompletableFuture<Boolean> FALSE = CompletableFuture.completedFuture(false);

    private final LockBackend backend;

    BackendCalls(LockBackend backend) {
        this.backend = backend;
    }

    CompletableFuture<AcquireReply> acquire(AcquireRequest request) {
        // Not by a lambda, like the next but one: these two are what a lock costs.
        try {
            return backend.acquire(request).toCompletableFuture();
        } catch (RuntimeException broken) {
            return CompletableFuture.failedFuture(broken);
        }
    }

    CompletableFuture<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return call(() -> backend.withdraw(request));
    }

    CompletableFuture<Boolean> release(HoldRef hold) {
        try {
            return backend.release(hold).toCompletableFuture();
        } catch (RuntimeException broken) {
            return CompletableFuture.failedFuture(broken);
        }
    }

    CompletableFuture<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return call(() -> backend.renew(holds));
    }

    CompletableFuture<Optional<LockInfo>> inspect(String resource) {
        return call(() -> backend.inspect(resource));
    }

    private static <T> CompletableFuture<T> call(Supplier<CompletionStage<T>> call) {
        try {
            return call.get().toCompletableFuture();
        } catch (RuntimeException broken) {
            return CompletableFuture.failedFuture(broken);
        }
    }

    String name() {
        return backend.capabilities().name();
    }

    /** Whatever a call has failed with, as the one exception that says so. */
    LockBackendException failure(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        return cause instanceof LockBackendException known
                ? known
                : LockBackendException.outcomeUnknown(name() + " backend failed: " + cause, cause);
    }
}
