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
    private final Services services;
    private final String resource;
    private final String call;
    private final CompletableFuture<T> inTime = new CompletableFuture<>();

    /**
     * Makes a deadline.
     *
     * @param call what is waited for, for the message
     */
    AnswerDeadline(Services services, String resource, String call) {
        this.services = services;
        this.resource = resource;
        this.call = call;
    }

    CompletableFuture<T> await(CompletableFuture<T> answer, long nanos) {
        if (!services.schedule(this, services.now() + nanos)) {
            CompletableFuture<?> unused = end();
        }
        Answers.whenDone(answer, (value, failure) -> {
            services.cancel(this);
            if (failure == null) {
                inTime.complete(value);
            } else {
                inTime.completeExceptionally(services.calls().failure(failure));
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
                LockBackendException.outcomeUnknown(services.calls().name() + " did not answer the " + call, null));
    }

    @Override
    CompletableFuture<?> end() {
        inTime.completeExceptionally(new LockClosedException());
        return CompletableFuture.completedFuture(null);
    }
}
