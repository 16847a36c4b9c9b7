package io.holdfast.core;

import io.holdfast.LockBackendException;
import io.holdfast.LockException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for answers on behalf of blocking callers. */
final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(LockManager.class);

    private Answers() {}

    /**
     * Waits for an answer that is certain to come. An interrupt doesn't end the wait, and stays set.
     *
     * @throws LockException what the answer failed with
     */
    static <T extends @Nullable Object> T await(CompletableFuture<T> answer) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException early) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            throw asThrownHere(failed.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Has something done with an answer or a failure when it comes, which may be at once.
     *
     * @param action gets the answer, or null and what it failed with; what it throws is logged, since nobody else would hear of it
     */
    static <T> void whenDone(CompletableFuture<T> answer, BiConsumer<? super T, ? super @Nullable Throwable> action) {
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            follow(action, answer.join(), null);
        } else {
            CompletableFuture<?> unused = answer.whenComplete((value, failure) -> follow(action, value, failure));
        }
    }

    private static <T> void follow(
            BiConsumer<? super T, ? super @Nullable Throwable> action, T value, @Nullable Throwable failure) {
        try {
            action.accept(value, failure);
        } catch (RuntimeException | Error broken) {
            LOG.error("what follows an answer failed", broken);
        }
    }

    /** Waits for something to end, whichever way it ends. */
    static void awaitQuietly(CompletableFuture<?> ending) {
        if (ending.isDone()) {
            return;
        }
        await(ending.handle((value, failure) -> true));
    }

    /** Waits for something to end, but not longer than a time; false if that was not enough. */
    static boolean awaitQuietly(CompletableFuture<?> ending, long nanos) {
        CompletableFuture<Boolean> ended = ending.handle((value, failure) -> failure == null);
        return ended.isDone() ? ended.join() : await(ended.completeOnTimeout(false, nanos, TimeUnit.NANOSECONDS));
    }

    /** Gives what went wrong on another thread the stack of the one that asked for it. */
    static LockException asThrownHere(@Nullable Throwable thrown) {
        if (thrown instanceof LockBackendException failure) {
            // One failure may be the answer to many calls, so it is wrapped and not changed.
            String message = String.valueOf(failure.getMessage());
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            return failure.outcomeKnown()
                    ? LockBackendException.notApplied(message, cause)
                    : LockBackendException.outcomeUnknown(message, cause);
        }
        if (thrown instanceof LockException own) {
            own.fillInStackTrace();
            return own;
        }
        return LockBackendException.outcomeUnknown("failed: " + thrown, thrown);
    }
}
