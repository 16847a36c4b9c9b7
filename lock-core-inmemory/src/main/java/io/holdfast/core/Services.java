package io.holdfast.core;

import io.holdfast.LockBackendException;
import io.holdfast.LockClosedException;
import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the requests, holds and withdrawals of one {@link LockManager} share: the backend, the time, the agenda, and who runs callbacks. Thread-safe. */
final class Services {
    static final long NANOS_PER_MILLI = 1_000_000L;
    /** The common pool, which is never shut down; where it has been configured to have no thread, one for each task. */
    static final Executor LAST_RESORT = ForkJoinPool.getCommonPoolParallelism() > 0
            ? ForkJoinPool.commonPool()
            : new CompletableFuture<Void>().defaultExecutor();

    /** How long a request that has failed already waits for the backend to confirm that nothing is left of it. */
    private static final long SETTLE_NANOS = Duration.ofMillis(50).toNanos();

    private static final long MIN_RETRY_NANOS = Duration.ofMillis(1).toNanos();

    private static final Logger LOG = LoggerFactory.getLogger(LockManager.class);

    private final BackendCalls calls;
    /** For threads that wait for the answer; the same as {@link #calls} unless such calls may take their time. */
    private final BackendCalls blockingCalls;

    private final long answerNanos;
    private final Executor callbackExecutor;
    private final Ticker ticker;
    private final long origin;
    private final Agenda agenda;
    private final AtomicBoolean closed = new AtomicBoolean();

    Services(LockBackend backend, long answerNanos, Executor callbackExecutor, Ticker ticker, Scheduler scheduler) {
        this.calls = new BackendCalls(backend);
        LockBackend blocking = backend.blocking();
        this.blockingCalls = blocking == backend ? calls : new BackendCalls(blocking);
        this.answerNanos = answerNanos;
        this.callbackExecutor = callbackExecutor;
        this.ticker = ticker;
        this.origin = ticker.read();
        this.agenda = new Agenda(ticker, scheduler, batch -> batch.send(this));
    }

    // Whether all this is still of use.

    boolean isClosed() {
        return closed.get();
    }

    void requireOpen() {
        if (isClosed()) {
            throw new LockClosedException();
        }
    }

    /** From now on nothing is begun; false if this was so before. */
    boolean beginClosing() {
        return closed.compareAndSet(false, true);
    }

    Agenda agenda() {
        return agenda;
    }

    // The backend and the time.

    /** How much this remembers: zero when nothing is held, waits or is to be tried again. */
    int size() {
        return agenda.shards().stream().mapToInt(Shard::size).sum();
    }

    long now() {
        return ticker.read();
    }

    BackendCalls calls() {
        return calls;
    }

    BackendCalls blockingCalls() {
        return blockingCalls;
    }

    long answerNanos() {
        return answerNanos;
    }

    Shard shardOf(String resource) {
        return agenda.shardOf(resource);
    }

    /** Has a task run at a moment, instead of any other that it was scheduled for; false if it won't run because it is over or this is closed. */
    boolean schedule(Task task, long moment) {
        boolean scheduled = shardOf(task.resource()).schedule(task, moment);
        if (scheduled) {
            agenda.ringBy(moment);
        }
        // A shard that was made after the close had begun isn't closed itself.
        return scheduled && !isClosed();
    }

    /** Keeps a request that waits until a moment; false if this is closed. */
    boolean keep(PendingAcquire pending, long moment, long endingsBefore) {
        boolean kept = shardOf(pending.resource()).keep(pending, moment, endingsBefore);
        if (kept) {
            agenda.ringBy(moment);
        }
        return kept;
    }

    void cancel(Task task) {
        shardOf(task.resource()).cancel(task);
    }

    void beginRenewal(HeldLock hold) {
        shardOf(hold.resource()).beginRenewal(hold);
        agenda.ringBy(hold.nextDue());
    }

    void renewed(HeldLock hold, long validUntil) {
        long due = shardOf(hold.resource()).renewed(hold, validUntil, now());
        agenda.ringBy(due);
    }

    /** Renews one hold for a thread that waits; never gives {@link RenewOutcome.Unknown}, which it throws. */
    RenewOutcome renew(HoldRef hold) {
        List<RenewOutcome> outcomes =
                Answers.await(inTime(hold.resource(), blockingCalls.renew(List.of(hold)), "heartbeat"));
        if (outcomes.size() != 1) {
            throw LockBackendException.outcomeUnknown(
                    calls.name() + " gave " + outcomes.size() + " outcomes for one renewal", null);
        }
        if (outcomes.get(0) instanceof RenewOutcome.Unknown unknown) {
            throw Answers.asThrownHere(unknown.cause());
        }
        return outcomes.get(0);
    }

    /** Takes a request back, in the background until the backend has answered; gives the answer to the first try. */
    CompletableFuture<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return new Withdrawal(this, request).send();
    }

    void withdrawInBackground(AcquireRequest request) {
        CompletableFuture<?> unused = withdraw(request);
    }

    /** Undoes a grant whose caller is gone, unless another request was given the same handle. */
    CompletableFuture<?> abandon(HeldLock hold) {
        return shardOf(hold.resource()).leave(hold) ? hold.abandon() : BackendCalls.FALSE;
    }

    /** What callers may hang their own code on: it never runs on the thread that completes an answer, and never changes the answer. */
    <T> CompletableFuture<T> forCallers(CompletableFuture<T> answer) {
        if (answer.isDone()) {
            return answer.copy();
        }
        CompletableFuture<T> copy = new CompletableFuture<>();
        Answers.whenDone(
                answer,
                (value, failure) -> execute(() -> {
                    if (failure == null) {
                        copy.complete(value);
                    } else {
                        copy.completeExceptionally(failure);
                    }
                }));
        return copy;
    }

    /** An answer, or a failure if it doesn't come in time. */
    <T> CompletableFuture<T> inTime(String resource, CompletableFuture<T> answer, String call) {
        return inTime(resource, answer, call, answerNanos);
    }

    /** The same for one that a caller who has failed already waits for as a courtesy. */
    <T> CompletableFuture<T> inShortTime(String resource, CompletableFuture<T> answer, String call) {
        return inTime(resource, answer, call, Math.min(SETTLE_NANOS, answerNanos));
    }

    <T> CompletableFuture<T> inTime(String resource, CompletableFuture<T> answer, String call, long nanos) {
        boolean arrived = answer.isDone() && !answer.isCompletedExceptionally();
        return arrived ? answer : new AnswerDeadline<T>(this, resource, call).await(answer, nanos);
    }

    void execute(Runnable callback) {
        try {
            callbackExecutor.execute(callback);
        } catch (RuntimeException refused) {
            LOG.debug("the callback executor refused a task, which runs elsewhere", refused);
            LAST_RESORT.execute(callback);
        }
    }

    /** When to renew a hold that is valid until a moment: at a third of its lease, or a little earlier together with others. */
    long renewalDue(long validUntil, long lease) {
        long third = validUntil - lease + lease / 3;
        // Rounded down to a grid, so that holds that were acquired at about the same time are renewed in one call.
        long grid = Long.highestOneBit(lease / 24);
        return origin + ((third - origin) & -grid);
    }

    /** How long to wait before something is tried again that has failed or was not answered. */
    long retryNanos(long lease) {
        return Math.max(MIN_RETRY_NANOS, Math.min(lease / 10, answerNanos));
    }

    // Holds.

    /** Takes a grant that is there at once into the manager's keeping; null if it wasn't taken, for a reason that {@link Shard#adoptAtOnce} names. */
    @Nullable
    HeldLock adoptAtOnce(AcquireRequest request, Grant grant, LockOptions options, long endingsBefore) {
        HeldLock fresh = new HeldLock(this, request, grant, options.autoRenewal());
        return adopted(request, fresh, shardOf(request.resource()).adoptAtOnce(fresh, endingsBefore));
    }

    /** Takes a grant that was waited for into the manager's keeping; null if it wasn't taken, for a reason that {@link Shard#adopt} names. */
    @Nullable
    HeldLock adopt(AcquireRequest request, Grant grant, LockOptions options, PendingAcquire pending) {
        // What goes through an executor is renewed once it has been handed out: it may never be.
        boolean renewed = options.autoRenewal() && !pending.isDeliveredLater();
        HeldLock fresh = new HeldLock(this, request, grant, renewed);
        return adopted(request, fresh, shardOf(request.resource()).adopt(fresh, pending));
    }

    private @Nullable HeldLock adopted(AcquireRequest request, HeldLock fresh, @Nullable HeldLock adopted) {
        if (adopted == null) {
            return null;
        }
        agenda.ringBy(adopted.nextDue());
        if (adopted != fresh) {
            // The handle's first request has a claim to the hold already; a second one would only be remembered.
            withdrawInBackground(request);
        }
        return adopted;
    }
}
