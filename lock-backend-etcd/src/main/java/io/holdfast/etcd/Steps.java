package io.holdfast.etcd;

import io.holdfast.LockBackendException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs asynchronous steps one after another, in the order in which they came, each on the thread that finds its turn has come. So what
 * only steps touch needs no lock. Thread-safe.
 */
final class Steps {
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Supplier<CompletableFuture<?>>> waiting = new ArrayDeque<>();
    private final Supplier<Boolean> isUseless;
    private boolean busy;
    private boolean retired;

    /**
     * Makes an empty sequence.
     *
     * @param isUseless asked when no step is left: whether there shall be no more
     */
    Steps(Supplier<Boolean> isUseless) {
        this.isUseless = isUseless;
    }

    /** Adds a step; null if there shall be no more. */
    <T> @Nullable CompletableFuture<T> add(Supplier<? extends CompletionStage<T>> step) {
        CompletableFuture<T> result = new CompletableFuture<>();
        lock.lock();
        try {
            if (retired) {
                return null;
            }
            waiting.add(() -> begin(step, result));
            if (busy) {
                return result;
            }
            busy = true;
        } finally {
            lock.unlock();
        }
        run();
        return result;
    }

    /** Adds a step of which nobody waits for the outcome, unless there shall be no more. */
    void addLater(Supplier<? extends CompletionStage<?>> step) {
        CompletableFuture<?> unused = add(() -> step.get().thenApply(done -> null));
    }

    private static <T> CompletableFuture<?> begin(
            Supplier<? extends CompletionStage<T>> step, CompletableFuture<T> result) {
        CompletableFuture<T> running;
        try {
            running = step.get().toCompletableFuture();
        } catch (RuntimeException broken) {
            running = CompletableFuture.failedFuture(broken);
        }
        return running.handle((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(Failures.unwrap(failure));
            }
            return null;
        });
    }

    private void run() {
        Supplier<CompletableFuture<?>> step = next();
        while (step != null) {
            CompletableFuture<?> running = step.get();
            if (!running.isDone()) {
                CompletableFuture<?> unused = running.thenRun(this::run);
                return;
            }
            step = next();
        }
    }

    private @Nullable Supplier<CompletableFuture<?>> next() {
        lock.lock();
        try {
            Supplier<CompletableFuture<?>> step = waiting.poll();
            if (step == null) {
                busy = false;
                retired = isUseless.get();
            }
            return step;
        } finally {
            lock.unlock();
        }
    }

    /** What a step fails with where it can't go on for want of a connection. */
    static LockBackendException closed() {
        return GrpcWire.closedException();
    }
}
