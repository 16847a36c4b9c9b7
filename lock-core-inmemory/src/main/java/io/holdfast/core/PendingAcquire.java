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
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An acquire that was not granted at once. It waits until exactly one of these happens: a grant is adopted, the backend fails it, its time is over, or its caller gives up. Which one
 * came first is decided under the shard's lock; a grant that comes second is withdrawn.
 */
final class PendingAcquire extends Task implements Begun {
    /** Each time, a hold of the same client has ended in between: so many are no coincidence. */
    private static final int MAX_RESENDS = 100;

    private final Services services;
    private final Shard shard;
    private final Duration timeout;
    private final LockOptions options;
    private final long startedAt;
    private final long deadline;
    private final CompletableFuture<LockHandle> result = new CompletableFuture<>();
    private final boolean callbacksApart;
    private final AtomicInteger resendsWanted = new AtomicInteger();
    private volatile AcquireRequest request;
    /** Who held the resource when the backend queued the request; null as long as the backend hasn't answered. */
    private volatile @Nullable LockInfo holder;
    // What follows is guarded by the shard.
    private boolean decided;
    /** Only ever turned on. Read by others without the lock, too. */
    private volatile boolean givenUp;
    /** Whether an answer is known to be newer than all endings but those that were noted since. */
    private boolean answersTrusted;
    /** The greatest token of a hold of this resource that has ended since. */
    private long endedToken;

    // Touched by one answer after another, never by two at a time.
    private int lateGrants;
    private int resends;

    /**
     * Makes a request that waits.
     *
     * @param callbacksApart whether anybody else's code may hang on the result, which must then be completed on the callback executor
     */
    PendingAcquire(
            Services services, AcquireRequest request, Duration timeout, LockOptions options, boolean callbacksApart) {
        this.services = services;
        this.shard = services.shardOf(request.resource());
        this.request = request;
        this.timeout = timeout;
        this.options = options;
        this.startedAt = request.startedAt();
        this.deadline = startedAt + request.waitNanos();
        this.callbacksApart = callbacksApart;
    }

    /**
     * Begins to wait.
     *
     * @param answer the backend's answer
     * @param endingsBefore {@link Shard#endings} before the request was sent
     */
    PendingAcquire start(CompletableFuture<AcquireReply> answer, long endingsBefore) {
        if (!keep(endingsBefore)) {
            CompletableFuture<?> unused = end();
            return this;
        }
        if (callbacksApart) {
            // Decided by ourselves, there is nothing left to give up.
            Answers.whenDone(result, (hold, failure) -> {
                CompletableFuture<?> unused = giveUp();
            });
        }
        follow(answer);
        return this;
    }

    /** Begins to wait, and only then sends the request by a call that may take long: whatever happens meanwhile finds this here. */
    PendingAcquire startBy(BackendCalls blocking) {
        shard.enterCall();
        try {
            services.requireOpen();
            if (!keep(shard.endings())) {
                throw new LockClosedException();
            }
            send(blocking);
        } finally {
            shard.leaveCall();
        }
        return this;
    }

    private boolean keep(long endingsBefore) {
        return services.keep(this, answerDue(), endingsBefore);
    }

    /** When the backend must have answered. A request may be sent again, but what it was first sent with counts. */
    private long answerDue() {
        return Math.max(deadline - startedAt, services.answerNanos()) + startedAt;
    }

    /** Sends the request, which is known here already. */
    private void send(BackendCalls calls) {
        AcquireRequest sent = request;
        CompletableFuture<AcquireReply> answer = calls.acquire(sent);
        if (givenUp) {
            // Perhaps just before it was sent: then that withdrawal came first and did nothing.
            services.withdrawInBackground(sent);
        } else {
            follow(answer);
        }
    }

    CompletableFuture<LockHandle> result() {
        return result;
    }

    @Override
    String resource() {
        return request.resource();
    }

    String client() {
        return request.client();
    }

    @Override
    boolean isOver() {
        return decided;
    }

    void markDecided() {
        decided = true;
    }

    void markGivenUp() {
        decided = true;
        givenUp = true;
    }

    void trustAnswers() {
        answersTrusted = true;
    }

    void noteEnding(long token) {
        endedToken = Math.max(endedToken, token);
    }

    /** Whether a grant with this token may be adopted; under the shard's lock. */
    boolean accepts(long token) {
        return !decided && answersTrusted && token > endedToken;
    }

    private void follow(CompletableFuture<AcquireReply> answer) {
        Answers.whenDone(answer, (reply, failure) -> {
            if (failure != null) {
                fail(services.calls().failure(failure));
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
        if (givenUp) {
            // The withdrawal has overtaken the request.
            services.withdrawInBackground(request);
        } else if (deadline != answerDue()) {
            services.schedule(this, deadline);
        }
        Answers.whenDone(queued.grant().toCompletableFuture(), (grant, failure) -> {
            if (failure != null) {
                fail(services.calls().failure(failure));
            } else if (grant.isPresent()) {
                granted(grant.get());
            } else {
                timedOut(queued.holder());
            }
        });
    }

    private void granted(Grant grant) {
        if (grant.validUntil() - services.now() <= 0) {
            cameTooLate();
            return;
        }
        HeldLock adopted = services.adopt(request, grant, options, this);
        if (adopted != null) {
            complete(() -> deliver(adopted));
        } else if (givenUp) {
            services.withdrawInBackground(request);
        } else if (!services.isClosed()) {
            overtaken();
        }
        // Otherwise the manager is about to end this, which withdraws it.
    }

    /** The grant is that of a hold which has ended in this process meanwhile. Asked again when that is settled, the backend says what is true then. */
    private void overtaken() {
        HeldLock present = shard.find(resource());
        if (present != null) {
            // If its lease is over, that is noted now.
            boolean unused = present.isValid();
        }
        shard.afterRelease(resource(), this::resend);
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

    /** Sends the request again. If it is answered before the call returns, and is to be sent yet again, a loop does that and not a recursion. */
    private void resend() {
        if (resendsWanted.getAndIncrement() > 0) {
            return;
        }
        do {
            resendOnce();
        } while (resendsWanted.decrementAndGet() > 0);
    }

    private void resendOnce() {
        shard.enterCall();
        try {
            // If the manager closes, it is about to end this.
            if (!services.isClosed() && shard.renewTrust(this)) {
                sendAgain();
            }
        } finally {
            shard.leaveCall();
        }
    }

    private void sendAgain() {
        if (++resends > MAX_RESENDS) {
            fail(LockBackendException.outcomeUnknown(
                    "resource '" + resource() + "' is granted again and again with a hold that has ended", null));
            return;
        }
        long now = services.now();
        AcquireRequest sent = request;
        request = new AcquireRequest(
                sent.id(), sent.resource(), sent.client(), sent.leaseMillis(), Math.max(0, deadline - now), now);
        send(services.calls());
    }

    /** Whether a hold goes through the callback executor before its caller has it. */
    boolean isDeliveredLater() {
        return callbacksApart;
    }

    private void deliver(HeldLock hold) {
        if (callbacksApart && options.autoRenewal() && !result.isDone()) {
            services.beginRenewal(hold);
        }
        if (!result.complete(hold)) {
            CompletableFuture<?> unused = services.abandon(hold);
        }
    }

    private void fail(LockBackendException failure) {
        // That this answer's command has changed nothing says nothing of earlier ones.
        boolean nothingLeft = failure.outcomeKnown() && holder == null && resends == 0;
        boolean ended = nothingLeft ? shard.decide(this) : shard.giveUp(this);
        if (!ended) {
            return;
        }
        if (!nothingLeft) {
            services.withdrawInBackground(request);
        }
        completeExceptionally(failure);
    }

    /** The backend let go of the request: nothing of it remains there. */
    private void timedOut(LockInfo inTheWay) {
        if (shard.decide(this)) {
            completeExceptionally(timeoutException(inTheWay));
        }
    }

    @Override
    void run(long now, RenewalBatch renewals) {
        CompletableFuture<Optional<LockInfo>> withdrawn = giveUp();
        if (withdrawn == null) {
            return;
        }
        if (holder == null) {
            completeExceptionally(LockBackendException.outcomeUnknown(
                    services.calls().name() + " backend did not answer the acquire of resource '" + resource() + "'",
                    null));
            return;
        }
        // Only a backend that answers can say that the resource was held by somebody else.
        long patience = Math.max(1, deadline + services.answerNanos() - now);
        Answers.whenDone(services.inTime(resource(), withdrawn, "withdrawal", patience), (inTheWay, failure) -> {
            if (failure == null) {
                completeExceptionally(timeoutException(inTheWay.orElse(holder)));
            } else if (services.isClosed()) {
                completeExceptionally(new LockClosedException());
            } else {
                completeExceptionally(services.calls().failure(failure));
            }
        });
    }

    private LockTimeoutException timeoutException(@Nullable LockInfo inTheWay) {
        boolean own = inTheWay != null && inTheWay.client().equals(request.client());
        return new LockTimeoutException(resource(), request.client(), timeout, own ? null : inTheWay);
    }

    /** Withdraws the request unless it is decided already; gives the backend's answer, or null if it was. */
    private @Nullable CompletableFuture<Optional<LockInfo>> giveUp() {
        return shard.giveUp(this) ? services.withdraw(request) : null;
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
            services.execute(completion);
        } else {
            completion.run();
        }
    }

    /** Blocks until this is decided. */
    LockHandle await() throws InterruptedException {
        try {
            if (Thread.interrupted()) {
                // A future that is complete already doesn't look.
                throw new InterruptedException("interrupted while the lock was asked for");
            }
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
            return services.inShortTime(resource(), withdrawn, "withdrawal");
        }
        // Decided: the result is there, or will be in a moment.
        CompletableFuture<Boolean> undone = result.handle((hold, failure) -> hold)
                .thenCompose(hold -> hold == null ? BackendCalls.FALSE : undo((HeldLock) hold));
        return services.inShortTime(resource(), undone, "withdrawal");
    }

    private CompletableFuture<Boolean> undo(HeldLock hold) {
        return services.abandon(hold).thenApply(answer -> true);
    }
}
