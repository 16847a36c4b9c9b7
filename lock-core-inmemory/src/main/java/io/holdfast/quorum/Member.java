package io.holdfast.quorum;

import io.holdfast.LockBackendException;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.TokenFloor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** One of the stores of a quorum. */
final class Member {
    private final String name;
    private final LockBackend store;
    private final TokenFloor floor;
    private volatile boolean suspect;

    Member(String name, LockBackend store) {
        if (!(store instanceof TokenFloor raisable)) {
            throw new IllegalArgumentException("member '" + name + "' can't be part of a quorum: "
                    + store.capabilities().name() + " doesn't let its tokens be raised");
        }
        this.name = name;
        this.store = store;
        this.floor = raisable;
    }

    String name() {
        return name;
    }

    LockBackend store() {
        return store;
    }

    TokenFloor floor() {
        return floor;
    }

    /** Whether it has failed to answer and hasn't answered since: nobody waits for it longer than for a majority. */
    boolean isSuspect() {
        return suspect;
    }

    void suspect() {
        suspect = true;
    }

    /** Calls this member; whatever goes wrong ends in the future, as a failure that names it. */
    <T> CompletableFuture<T> call(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer;
        try {
            answer = call.get().toCompletableFuture();
        } catch (RuntimeException broken) {
            return CompletableFuture.failedFuture(failure(broken));
        }
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            suspect = false;
            return answer;
        }
        CompletableFuture<T> named = new CompletableFuture<>();
        CompletableFuture<?> unused = answer.whenComplete((value, thrown) -> {
            suspect = thrown != null;
            if (thrown == null) {
                named.complete(value);
            } else {
                named.completeExceptionally(failure(thrown));
            }
        });
        return named;
    }

    LockBackendException failure(Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        String message = "member '" + name + "': " + failure.getMessage();
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return failure instanceof LockBackendException known && known.outcomeKnown()
                ? LockBackendException.notApplied(message, cause)
                : LockBackendException.outcomeUnknown(message, cause);
    }

    LockBackendException silence() {
        suspect = true;
        return LockBackendException.outcomeUnknown("member '" + name + "' did not answer in time", null);
    }
}
