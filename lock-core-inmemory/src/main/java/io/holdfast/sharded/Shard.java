package io.holdfast.sharded;

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
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** One store among several: its failures say which it was. */
final class Shard implements LockBackend {
    private final String name;
    private final LockBackend store;

    Shard(String name, LockBackend store) {
        this.name = name;
        this.store = store;
    }

    /** The same shard for callers that wait; this one if its store has no view for them. */
    @Override
    public Shard blocking() {
        LockBackend view = store.blocking();
        return view == store ? this : new Shard(name, view);
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        CompletableFuture<AcquireReply> reply = named(() -> store.acquire(request));
        // Only a queued request has more to come that can fail.
        return reply.isDone() && !reply.isCompletedExceptionally() && !(reply.join() instanceof AcquireReply.Queued)
                ? reply
                : reply.thenApply(this::namedTurn);
    }

    private AcquireReply namedTurn(AcquireReply reply) {
        return reply instanceof AcquireReply.Queued queued
                ? new AcquireReply.Queued(queued.holder(), named(queued::grant))
                : reply;
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return named(() -> store.withdraw(request));
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return named(() -> store.release(hold));
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return named(() -> store.renew(holds)).thenApply(outcomes -> outcomes(outcomes, holds.size()));
    }

    private List<RenewOutcome> outcomes(List<RenewOutcome> outcomes, int expected) {
        if (outcomes.size() != expected) {
            throw LockBackendException.outcomeUnknown(
                    "shard '" + name + "' gave " + outcomes.size() + " outcomes for " + expected + " renewals", null);
        }
        return outcomes.stream()
                .map(outcome -> outcome instanceof RenewOutcome.Unknown unknown
                        ? new RenewOutcome.Unknown(failure(unknown.cause()))
                        : outcome)
                .toList();
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return named(() -> store.inspect(resource));
    }

    /** An answer whose failure names this shard; an answer that is there already costs nothing. */
    private <T> CompletableFuture<T> named(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> answer;
        try {
            answer = call.get().toCompletableFuture();
        } catch (RuntimeException broken) {
            return CompletableFuture.failedFuture(failure(broken));
        }
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            return answer;
        }
        CompletableFuture<T> named = new CompletableFuture<>();
        CompletableFuture<?> unused = answer.whenComplete((value, thrown) -> {
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
        String message = "shard '" + name + "': " + failure.getMessage();
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return failure instanceof LockBackendException known && known.outcomeKnown()
                ? LockBackendException.notApplied(message, cause)
                : LockBackendException.outcomeUnknown(message, cause);
    }

    /** What several shards, each of which has some of the resources, can and can't do as one. */
    static Capabilities common(String what, Shard[] shards) {
        List<Capabilities> all = Stream.of(shards).map(Shard::capabilities).toList();
        String names = String.join(
                ", ", all.stream().map(Capabilities::name).distinct().toList());
        return new Capabilities(
                what + " (" + names + ")",
                all.stream()
                        .map(Capabilities::minLease)
                        .max(Duration::compareTo)
                        .orElseThrow(),
                all.stream()
                        .map(Capabilities::maxLease)
                        .min(Duration::compareTo)
                        .orElseThrow(),
                all.stream()
                        .map(Capabilities::leaseGranularity)
                        .max(Duration::compareTo)
                        .orElseThrow(),
                all.stream().allMatch(Capabilities::fair));
    }

    /** How long the slowest of them may take. */
    static Duration longestAnswer(Shard[] shards) {
        return Stream.of(shards)
                .map(Shard::answerTimeout)
                .max(Duration::compareTo)
                .orElseThrow();
    }

    /** Closes all shards, also if one can't be, and does what is to be done afterwards. */
    static void closeAll(Shard[] shards, Runnable afterwards) {
        RuntimeException failure = null;
        for (Shard shard : shards) {
            try {
                shard.close();
            } catch (RuntimeException broken) {
                if (failure == null) {
                    failure = broken;
                } else {
                    failure.addSuppressed(broken);
                }
            }
        }
        afterwards.run();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public Duration answerTimeout() {
        return store.answerTimeout();
    }

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public void close() {
        store.close();
    }
}
