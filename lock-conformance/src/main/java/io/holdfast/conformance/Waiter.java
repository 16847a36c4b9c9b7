package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.LockBackend;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A request in the queue of the store. */
final class Waiter {
    final AcquireRequest request;
    final CompletableFuture<Optional<Grant>> answer;
    private final LockBackend backend;
    private final Topic topic;

    Waiter(AcquireRequest request, CompletableFuture<Optional<Grant>> answer, LockBackend backend, Topic topic) {
        this.backend = backend;
        this.request = request;
        this.answer = answer;
        this.topic = topic;
    }

    /** Waits for the grant. */
    Grant grant() {
        Optional<Grant> grant = await();
        assertThat(grant).as("the answer to the waiting " + request.client()).isPresent();
        return grant.orElseThrow();
    }

    /** Whether it gets the resource within the fixture's patience. */
    boolean isGranted() {
        return Waiting.until(this::hasGrant, topic.fixture().patience());
    }

    /** Whether it has the resource already. */
    boolean hasGrant() {
        return answer.isDone()
                && !answer.isCompletedExceptionally()
                && answer.join().isPresent();
    }

    /** The store's answer: a grant, or nothing when the wait was over. */
    Optional<Grant> await() {
        return topic.await(answer);
    }

    Optional<LockInfo> withdraw() {
        return topic.await(backend.withdraw(request));
    }

    boolean stillWaits() {
        return !answer.isDone();
    }
}
