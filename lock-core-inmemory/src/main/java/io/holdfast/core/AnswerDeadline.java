package io.holdfast.core;

import io.holdfast.LockBackendException;
import io.holdfast.LockClosedException;
import java.util.concurrent.CompletableFuture;

/**
 * Waits for one of the backend's answers, but not for ever.
 *
 * @param <T> what the answer says
 */
final class AnswerDeadline<T> extends Task {
    private final LockManager manager;
    private final String resource;
    private final String call;
    private final CompletableFuture<T> inTime = new CompletableFuture<>();

    /**
     * Makes a deadline.
     *
     * @param call what is waited for, for the message
     */
    AnswerDeadline(LockManager manager, String resource, String call) {
        this.manager = manager;
        this.resource = resource;
        this.call = call;
    }

    CompletableFuture<T> await(CompletableFuture<T> answer, long nanos) {
        if (!manager.schedule(this, manager.now() + nanos)) {
            CompletableFuture<?> unused = end();
        }
        Answers.whenDone(answer, (value, failure) -> {
            manager.cancel(this);
            if (failure == null) {
                inTime.complete(value);
            } else {
                inTime.completeExceptionally(manager.calls().failure(failure));
            }
        });
        return inTime;
    }

    @Override
    String resource() {
        return resource;
    }

    @Override
    boolean isOver() {
        return inTime.isDone();
    }

    @Override
    void run(long now, RenewalBatch renewals) {
        inTime.completeExceptionally(
                LockBackendException.outcomeUnknown(manager.calls().name() + " did not answer the " + call, null));
    }

    @Override
    CompletableFuture<?> end() {
        inTime.completeExceptionally(new LockClosedException());
        return CompletableFuture.completedFuture(null);
    }
}
