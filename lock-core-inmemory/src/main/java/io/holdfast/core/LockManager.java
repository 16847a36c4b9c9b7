package io.holdfast.core;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockClosedException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
import io.holdfast.LockTimeoutException;
import io.holdfast.Names;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns any {@link LockBackend} into a {@link DistributedLock}: it adds what one process has to do for its requests and holds, and
 * knows no store.
 *
 * <p>Blocking calls are the asynchronous ones, waited for, or made on the calling thread where the backend has a
 * {@linkplain LockBackend#blocking view} for that; no monitor is held meanwhile, so that a virtual thread gives its
 * carrier back. One timer serves all deadlines, renewals and retries; renewals that are due at about the same time go out in one
 * call.
 *
 * <p>Thread-safe. Closing it closes the backend.
 */
public final class LockManager implements DistributedLock {
    private static final Duration LONGEST_WAIT = Duration.ofDays(36_525);
    /** How long a request that has failed already waits for the backend to confirm that nothing is left of it. */
    private static final long SETTLE_NANOS = Duration.ofMillis(50).toNanos();

    private static final long MIN_RETRY_NANOS = Duration.ofMillis(1).toNanos();

    private static final long CALL_PAUSE_NANOS = 100_000;

    static final long NANOS_PER_MILLI = 1_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(LockManager.class);
    /** The common pool, which is never shut down; where it has been configured to have no thread, one for each task. */
    private static final Executor LAST_RESORT = ForkJoinPool.getCommonPoolParallelism() > 0
            ? ForkJoinPool.commonPool()
            : new CompletableFuture<Void>().defaultExecutor();

    private final LockBackend backend;
    private final BackendCalls calls;
    /** For threads that wait for the answer; the same as {@link #calls} unless such calls may take their time. */
    private final BackendCalls blockingCalls;

    private final LockOptions defaultOptions;
    private final long answerNanos;
    private final Executor callbackExecutor;
    private final Ticker ticker;
    private final Runnable stopTime;
    private final long origin;
    /** Keeps the ids of processes apart whose generators happen to agree. */
    private final long idSalt = new SecureRandom().nextLong();

    private final Agenda agenda;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LockManager(Builder builder, Ticker ticker, Scheduler scheduler, Runnable stopTime) {
        this.backend = builder.backend;
        this.calls = new BackendCalls(backend);
        LockBackend blocking = backend.blocking();
        this.blockingCalls = blocking == backend ? calls : new BackendCalls(blocking);
        this.defaultOptions = builder.defaultOptions;
        this.answerNanos = builder.answerTimeout.toNanos();
        this.callbackExecutor = builder.callbackExecutor;
        this.ticker = ticker;
        this.stopTime = stopTime;
        this.origin = ticker.read();
        this.agenda = new Agenda(ticker, scheduler, batch -> batch.send(this));
    }

    /**
     * Begins to configure a manager.
     *
     * @param backend the store to use; closed with the manager
     * @return a builder with default settings
     */
    public static Builder builder(LockBackend backend) {
        return new Builder(Objects.requireNonNull(backend, "backend"));
    }

    @Override
    public LockOptions defaultOptions() {
        return defaultOptions;
    }

    @Override
    public LockHandle acquire(String resource, String client, Duration timeout, LockOptions options)
            throws InterruptedException {
        AcquireRequest request = request(resource, client, timeout, options);
        Begun begun = beginBlocking(request, timeout, options);
        if (begun instanceof HeldLock hold) {
            return hold;
        }
        if (begun instanceof PendingAcquire waiting) {
            return waiting.await();
        }
        throw new LockTimeoutException(resource, client, timeout, ((Begun.Refused) begun).holder());
    }

    @Override
    public Optional<LockHandle> tryAcquire(String resource, String client, Duration timeout, LockOptions options)
            throws InterruptedException {
        AcquireRequest request = request(resource, client, timeout, options);
        Begun begun = beginBlocking(request, timeout, options);
        if (begun instanceof HeldLock hold) {
            return Optional.of(hold);
        }
        if (begun instanceof Begun.Refused) {
            return Optional.empty();
        }
        try {
            return Optional.of(((PendingAcquire) begun).await());
        } catch (LockTimeoutException held) {
            return Optional.empty();
        }
    }

    @Override
    public CompletableFuture<LockHandle> acquireAsync(
            String resource, String client, Duration timeout, LockOptions options) {
        AcquireRequest request = request(resource, client, timeout, options);
        Begun begun = begin(request, timeout, options, true);
        if (begun instanceof HeldLock hold) {
            return CompletableFuture.completedFuture(hold);
        }
        if (begun instanceof PendingAcquire waiting) {
            return waiting.result();
        }
        LockInfo holder = ((Begun.Refused) begun).holder();
        return CompletableFuture.failedFuture(new LockTimeoutException(resource, client, timeout, holder));
    }

    private AcquireRequest request(String resource, String client, Duration timeout, LockOptions options) {
        Names.require(resource, "resource");
        Names.require(client, "client");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(options, "options");
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative, but was " + timeout);
        }
        long id = ThreadLocalRandom.current().nextLong() ^ idSalt;
        long waitNanos = timeout.compareTo(LONGEST_WAIT) < 0 ? timeout.toNanos() : LONGEST_WAIT.toNanos();
        return new AcquireRequest(id, resource, client, options.lease().toMillis(), waitNanos, ticker.read());
    }

    private Begun beginBlocking(AcquireRequest request, Duration timeout, LockOptions options)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the lock was asked for");
        }
        return blockingCalls == calls
                ? begin(request, timeout, options, false)
                : new PendingAcquire(this, request, timeout, options, false).startBy(blockingCalls);
    }

    private Begun begin(AcquireRequest request, Duration timeout, LockOptions options, boolean callbacksApart) {
        Shard shard = shardOf(request.resource());
        shard.enterCall();
        try {
            requireOpen();
            long endingsBefore = shard.endings();
            CompletableFuture<AcquireReply> answer = calls.acquire(request);
            if (answer.isDone() && !answer.isCompletedExceptionally()) {
                AcquireReply reply = answer.join();
                if (reply instanceof AcquireReply.Held held) {
                    return new Begun.Refused(held.holder());
                }
                HeldLock hold =
                        reply instanceof Grant grant ? adopt(request, grant, options, null, endingsBefore) : null;
                if (hold != null) {
                    return hold;
                }
            }
            return new PendingAcquire(this, request, timeout, options, callbacksApart).start(answer, endingsBefore);
        } finally {
            shard.leaveCall();
        }
    }

    /** Takes a grant into the manager's keeping; null if it wasn't taken, for a reason that {@link Shard#adopt} names. */
    @Nullable
    HeldLock adopt(
            AcquireRequest request,
            Grant grant,
            LockOptions options,
            @Nullable PendingAcquire waiting,
            long endingsBefore) {
        // What goes through an executor is renewed once it has been handed out: it may never be.
        boolean renewed = options.autoRenewal() && (waiting == null || !waiting.isDeliveredLater());
        HeldLock fresh = new HeldLock(this, request, grant, renewed);
        HeldLock adopted = shardOf(request.resource()).adopt(fresh, grant, waiting, endingsBefore);
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

    @Override
    public boolean release(String resource, String client) {
        Names.require(resource, "resource");
        Names.require(client, "client");
        requireOpen();
        HeldLock hold = shardOf(resource).find(resource);
        if (hold != null && hold.client().equals(client) && Answers.await(hold.release(blockingCalls))) {
            return true;
        }
        // The client may have another hold of the resource, which it acquired in another process.
        HoldRef any = HoldRef.ofClient(resource, client);
        return Answers.await(inTime(resource, blockingCalls.release(any), "release"));
    }

    @Override
    public boolean heartbeat(String resource, String client) {
        Names.require(resource, "resource");
        Names.require(client, "client");
        requireOpen();
        HeldLock hold = shardOf(resource).find(resource);
        if (hold != null && hold.client().equals(client) && hold.isValid()) {
            return hold.heartbeat();
        }
        return renew(HoldRef.ofClient(resource, client)) instanceof RenewOutcome.Renewed;
    }

    @Override
    public Optional<LockInfo> inspect(String resource) {
        Names.require(resource, "resource");
        requireOpen();
        return Answers.await(inTime(resource, blockingCalls.inspect(resource), "inspect"));
    }

    boolean isClosed() {
        return closed.get();
    }

    void requireOpen() {
        if (isClosed()) {
            throw new LockClosedException();
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            endAll();
        } finally {
            agenda.close();
            backend.close();
            stopTime.run();
        }
    }

    private void endAll() {
        List<CompletableFuture<?>> endings = new ArrayList<>();
        List<Shard> busy = new ArrayList<>();
        for (Shard shard : agenda.shards()) {
            if (shard.isCallUnderWay()) {
                busy.add(shard);
            } else {
                endAll(shard, endings);
            }
        }
        awaitCalls(busy);
        busy.forEach(shard -> endAll(shard, endings));
        CompletableFuture<?> all = CompletableFuture.allOf(endings.toArray(CompletableFuture[]::new));
        if (!Answers.awaitQuietly(all, answerNanos)) {
            LOG.warn(
                    "closed before {} backend has confirmed that all is released; the rest ends with its lease",
                    calls.name());
        }
    }

    private static void endAll(Shard shard, List<CompletableFuture<?>> endings) {
        for (Task task : shard.close()) {
            endings.add(task.end());
        }
    }

    /** Lets those calls finish that began before this closed, if they don't take too long: what they are granted must not be left behind. */
    private void awaitCalls(List<Shard> shards) {
        long pauses = answerNanos / CALL_PAUSE_NANOS;
        boolean interrupted = false;
        while (shards.stream().anyMatch(Shard::isCallUnderWay) && pauses-- > 0) {
            // Parking would end at once with the flag set.
            interrupted |= Thread.interrupted();
            LockSupport.parkNanos(CALL_PAUSE_NANOS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // What follows serves the classes of this package.

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

    /** Configures a {@link LockManager}. Not thread-safe. */
    public static final class Builder {
        private final LockBackend backend;
        private LockOptions defaultOptions = LockOptions.defaults();
        private Duration answerTimeout = Duration.ofSeconds(1);
        private Executor callbackExecutor = LAST_RESORT;
        private @Nullable Ticker ticker;
        private @Nullable Scheduler scheduler;

        private Builder(LockBackend backend) {
            this.backend = backend;
        }

        /**
         * Sets the options that apply where a call names none.
         *
         * @param options lease and renewal
         * @return this
         */
        public Builder defaultOptions(LockOptions options) {
            this.defaultOptions = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Sets how long the backend may take to answer a call before the call fails. An acquire waits for its own timeout if that
         * is longer.
         *
         * @param timeout from one millisecond to one hour; one second unless set
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer
         */
        public Builder answerTimeout(Duration timeout) {
            Objects.requireNonNull(timeout, "timeout");
            if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("timeout must be from PT0.001S to PT1H, but was " + timeout);
            }
            this.answerTimeout = timeout;
            return this;
        }

        /**
         * Sets who runs other people's code: listeners to lost holds, and what hangs on the futures of asynchronous acquires.
         *
         * <p>Those futures are completed by it, too. One that silently drops a task leaves its caller waiting, since nobody can tell; the hold
         * that the caller was to get isn't renewed before it is handed out, and ends with its lease. One that throws
         * has its tasks run by the common pool instead.
         *
         * @param executor runs it, not on the calling thread; {@link ForkJoinPool#commonPool} unless set, so that callbacks
         *     which block for long want one of their own; isn't shut down with the manager
         * @return this
         */
        public Builder callbackExecutor(Executor executor) {
            this.callbackExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Sets the sources of time; real time with a thread of its own unless set.
         *
         * @param ticker tells the time; must be the one that the backend's grants are valid by
         * @param scheduler runs deadlines and renewals; agrees with the ticker
         * @return this
         */
        public Builder time(Ticker ticker, Scheduler scheduler) {
            this.ticker = Objects.requireNonNull(ticker, "ticker");
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
            return this;
        }

        /**
         * Makes the manager.
         *
         * @return the manager, to be closed by the caller
         */
        public LockManager build() {
            if (ticker != null && scheduler != null) {
                return new LockManager(this, ticker, scheduler, () -> {});
            }
            SystemTime time = new SystemTime();
            return new LockManager(this, time, time, time::close);
        }
    }
}
