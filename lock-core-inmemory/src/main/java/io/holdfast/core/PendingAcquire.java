package io.holdfast.core;

import io.holdfast.LockBackendException;
import io.holdfast.LockClosedException;
import io.holdfast.LockException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
import io.holdfast.LockTimeoutException;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An acquire that was not granted at once. It waits until exactly one of these happens: a grant is adopted, the backend fails it, its time is over, or its caller gives up. Which one
 * came first is decided under the shard's lock; a grant that comes second is withdrawn.
 */
final class PendingAcquire extends Task implements Begun {
    private final LockManager manager;
    private final Shard shard;
    private final Duration timeout;
    private final LockOptions options;
    private final long deadline;
    private final CompletableFuture<LockHandle> result = new CompletableFuture<>();
    private final boolean callbacksApart;
    private volatile AcquireRequest request;
    /** Who held the resource when the backend queued the request; null as long as the backend hasn't answered. */
    private volatile @Nullable LockInfo holder;
    /** Guarded by the shard. */
    private boolean settled;

    private int lateGrants;

    /**
     * Makes a request that waits.
     *
     * @param callbacksApart whether anybody else's code may hang on the result, which must then be completed on the callback executor
     */
    PendingAcquire(
            LockManager manager,
            AcquireRequest request,
            Duration timeout,
            LockOptions options,
            boolean callbacksApart) {
        this.manager = manager;
        this.shard = manager.shardOf(request.resource());
        this.request = request;
        this.timeout = timeout;
        this.options = options;
        this.deadline = request.startedAt() + request.waitNanos();
        this.callbacksApart = callbacksApart;
    }

    PendingAcquire start(CompletableFuture<AcquireReply> answer) {
        long answerDue = request.startedAt() + Math.max(request.waitNanos(), manager.answerNanos());
        manager.schedule(this, answerDue);
        if (callbacksApart) {
            // Decided by ourselves, there is nothing left to give up.
            Answers.whenDone(result, (hold, failure) -> {
                CompletableFuture<?> unused = giveUp();
            });
        }
        follow(answer);
        return this;
    }

    CompletableFuture<LockHandle> result() {
        return result;
    }

    @Override
    String resource() {
        return request.resource();
    }

    boolean isWaiting() {
        return !settled;
    }

    void settle() {
        settled = true;
    }

    @Override
    boolean isOver() {
        return settled;
    }

    private void follow(CompletableFuture<AcquireReply> answer) {
        Answers.whenDone(answer, (reply, failure) -> {
            if (failure != null) {
                fail(manager.calls().failure(failure));
            } else if (reply instanceof Grant grant) {
                granted(grant);
            } else if (reply instanceof AcquireReply.Queued queued) {
                queued(queued);
            } else {
                timedOut(((AcquireReply.Held) reply).holder());
            }
        });
    }

    private void queued(AcquireReply.Queued queued) {
        holder = queued.holder();
        manager.schedule(this, deadline);
        Answers.whenDone(queued.grant().toCompletableFuture(), (grant, failure) -> {
            if (failure != null) {
                fail(manager.calls().failure(failure));
            } else if (grant.isPresent()) {
                granted(grant.get());
            } else {
                timedOut(queued.holder());
            }
        });
    }

    private void granted(Grant grant) {
        if (grant.validUntil() - manager.now() <= 0) {
            cameTooLate();
            return;
        }
        HeldLock adopted = manager.adopt(request, grant, options, this);
        if (adopted != null) {
            complete(() -> deliver(adopted));
        } else if (shard.isWaiting(this)) {
            // This process is releasing that same hold, and the release has been overtaken.
            shard.afterRelease(resource(), this::resend);
        } else {
            manager.withdrawInBackground(request);
        }
    }

    /** The lease was over before the grant arrived. Asked once more, the backend says what is true now. */
    private void cameTooLate() {
        if (lateGrants++ == 0) {
            resend();
        } else {
            fail(LockBackendException.outcomeUnknown(
                    "grants of resource '" + resource() + "' arrive when their lease of "
                            + Duration.ofMillis(request.leaseMillis()) + " is over",
                    null));
        }
    }

    private void resend() {
        long now = manager.now();
        AcquireRequest sent = request;
        request = new AcquireRequest(
                sent.id(), sent.resource(), sent.client(), sent.leaseMillis(), Math.max(0, deadline - now), now);
        if (shard.isWaiting(this)) {
            follow(manager.calls().acquire(request));
        }
        if (!shard.isWaiting(this)) {
            // Given up, perhaps just before it was sent again; then that withdrawal came first and did nothing.
            manager.withdrawInBackground(request);
        }
    }

    private void deliver(HeldLock hold) {
        if (!result.complete(hold)) {
            CompletableFuture<?> unused = manager.abandon(hold);
        }
    }

    private void fail(LockBackendException failure) {
        if (!shard.settle(this)) {
            return;
        }
        if (!failure.outcomeKnown()) {
            manager.withdrawInBackground(request);
        }
        completeExceptionally(failure);
    }

    /** The backend let go of the request: nothing of it remains there. */
    private void timedOut(LockInfo inTheWay) {
        if (shard.settle(this)) {
            completeExceptionally(timeoutException(inTheWay));
        }
    }

    @Override
    void run(long now, RenewalBatch renewals) {
        LockInfo known = holder;
        CompletableFuture<Optional<LockInfo>> withdrawn = giveUp();
        if (withdrawn == null) {
            return;
        }
        if (known == null) {
            completeExceptionally(LockBackendException.outcomeUnknown(
                    manager.calls().name() + " did not answer the acquire of resource '" + resource() + "'", null));
            return;
        }
        // The answer, when it comes soon, also tells who holds the resource now.
        Answers.whenDone(
                manager.inShortTime(resource(), withdrawn, "withdrawal"),
                (inTheWay, failure) ->
                        completeExceptionally(timeoutException(failure == null ? inTheWay.orElse(known) : known)));
    }

    private LockTimeoutException timeoutException(LockInfo inTheWay) {
        return new LockTimeoutException(resource(), request.client(), timeout, inTheWay);
    }

    /** Withdraws the request unless it is decided already; gives the backend's answer, or null if it was. */
    private @Nullable CompletableFuture<Optional<LockInfo>> giveUp() {
        return shard.settle(this) ? manager.withdraw(request) : null;
    }

    @Override
    CompletableFuture<?> end() {
        CompletableFuture<Optional<LockInfo>> withdrawn = giveUp();
        if (withdrawn == null) {
            return CompletableFuture.completedFuture(null);
        }
        completeExceptionally(new LockClosedException());
        return withdrawn;
    }

    private void completeExceptionally(LockException failure) {
        complete(() -> result.completeExceptionally(failure));
    }

    private void complete(Runnable completion) {
        if (callbacksApart) {
            manager.execute(completion);
        } else {
            completion.run();
        }
    }

    /** Blocks until this is decided. */
    LockHandle await() throws InterruptedException {
        try {
            return result.get();
        } catch (InterruptedException interrupted) {
            Answers.awaitQuietly(undo());
            throw interrupted;
        } catch (ExecutionException failed) {
            throw Answers.asThrownHere(failed.getCause());
        }
    }

    /** Undoes whatever has become of this, for a caller that has left. */
    private CompletableFuture<?> undo() {
        CompletableFuture<Optional<LockInfo>> withdrawn = giveUp();
        if (withdrawn != null) {
            return manager.inShortTime(resource(), withdrawn, "withdrawal");
        }
        // Decided: the result is there, or will be in a moment.
        return result.handle((hold, failure) -> hold)
                .thenCompose(hold ->
                        hold == null ? CompletableFuture.completedFuture(false) : manager.abandon((HeldLock) hold));
    }
}
