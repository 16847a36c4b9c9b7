package io.holdfast.etcd;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What {@link CompletableFuture} lacks. */
final class Futures {
    private Futures() {}

    /** Goes on in one way or another, according to how something ends. */
    static <A, B> CompletableFuture<B> follow(
            CompletableFuture<A> first,
            Function<? super A, CompletableFuture<B>> onSuccess,
            Function<Throwable, CompletableFuture<B>> onFailure) {
        CompletableFuture<B> result = new CompletableFuture<>();
        CompletableFuture<?> unused = first.whenComplete((value, failure) -> {
            CompletableFuture<B> second;
            try {
                second = failure == null ? onSuccess.apply(value) : onFailure.apply(Failures.unwrap(failure));
            } catch (RuntimeException broken) {
                second = CompletableFuture.failedFuture(broken);
            }
            CompletableFuture<?> unusedToo = second.whenComplete((outcome, problem) -> {
                if (problem == null) {
                    result.complete(outcome);
                } else {
                    result.completeExceptionally(Failures.unwrap(problem));
                }
            });
        });
        return result;
    }
}
