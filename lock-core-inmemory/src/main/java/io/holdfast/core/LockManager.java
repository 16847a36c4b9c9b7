package io.holdfast.core;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
import io.holdfast.LockTimeoutException;
import io.holdfast.Names;
import io.holdfast.core.internal.Durations;
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
    private static final long CALL_PAUSE_NANOS = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(LockManager.class);

    private final LockBackend backend;
    private final Services services;
    private final LockOptions defaultOptions;
    private final long maxLeaseMillis;
    private final Ticker ticker;
    private final Runnable stopTime;
    /** Keeps the ids of processes apart whose generators happen to agree. */
    private final long idSalt = new SecureRandom().nextLong();

    private LockManager(Builder builder, Ticker ticker, Scheduler scheduler, Runnable stopTime) {
        this.backend = builder.backend;
        Duration answerTimeout = builder.answerTimeout == null ? backend.answerTimeout() : builder.answerTimeout;
        this.services = new Services(backend, answerTimeout.toNanos(), builder.callbackExecutor, ticker, scheduler);
        this.defaultOptions = builder.defaultOptions;
        this.maxLeaseMillis = backend.capabilities().maxLease().toMillis();
        this.ticker = ticker;
        this.stopTime = stopTime;
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
        long leaseMillis = options.lease().toMillis();
        if (leaseMillis > maxLeaseMillis) {
            throw new IllegalArgumentException("lease must be at most " + Duration.ofMillis(maxLeaseMillis)
                    + ", the longest that " + services.calls().name() + " grants, but was " + options.lease());
        }
        long id = ThreadLocalRandom.current().nextLong() ^ idSalt;
        long waitNanos = timeout.compareTo(LONGEST_WAIT) < 0 ? timeout.toNanos() : LONGEST_WAIT.toNanos();
        return new AcquireRequest(id, resource, client, leaseMillis, waitNanos, ticker.read());
    }

    private Begun beginBlocking(AcquireRequest request, Duration timeout, LockOptions options)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the lock was asked for");
        }
        return services.blockingCalls() == services.calls()
                ? begin(request, timeout, options, false)
                : new PendingAcquire(services, request, timeout, options, false).startBy(services.blockingCalls());
    }

    private Begun begin(AcquireRequest request, Duration timeout, LockOptions options, boolean callbacksApart) {
        Shard shard = services.shardOf(request.resource());
        shard.enterCall();
        try {
            services.requireOpen();
            long endingsBefore = shard.endings();
            CompletableFuture<AcquireReply> answer = services.calls().acquire(request);
            if (answer.isDone() && !answer.isCompletedExceptionally()) {
                AcquireReply reply = answer.join();
                if (reply instanceof AcquireReply.Held held) {
                    return new Begun.Refused(held.holder());
                }
                HeldLock hold = reply instanceof Grant grant
                        ? services.adoptAtOnce(request, grant, options, endingsBefore)
                        : null;
                if (hold != null) {
                    return hold;
                }
            }
            return new PendingAcquire(services, request, timeout, options, callbacksApart).start(answer, endingsBefore);
        } finally {
            shard.leaveCall();
        }
    }

    @Override
    public boolean release(String resource, String client) {
        Names.require(resource, "resource");
        Names.require(client, "client");
        services.requireOpen();
        HeldLock hold = services.shardOf(resource).find(resource);
        if (hold != null && hold.client().equals(client) && Answers.await(hold.release(services.blockingCalls()))) {
            return true;
        }
        // The client may have another hold of the resource, which it acquired in another process.
        HoldRef any = HoldRef.ofClient(resource, client);
        return Answers.await(services.inTime(resource, services.blockingCalls().release(any), "release"));
    }

    @Override
    public boolean heartbeat(String resource, String client) {
        Names.require(resource, "resource");
        Names.require(client, "client");
        services.requireOpen();
        HeldLock hold = services.shardOf(resource).find(resource);
        if (hold != null && hold.client().equals(client) && hold.isValid()) {
            return hold.heartbeat();
        }
        return services.renew(HoldRef.ofClient(resource, client)) instanceof RenewOutcome.Renewed;
    }

    @Override
    public Optional<LockInfo> inspect(String resource) {
        Names.require(resource, "resource");
        services.requireOpen();
        return Answers.await(services.inTime(resource, services.blockingCalls().inspect(resource), "inspect"));
    }

    @Override
    public void close() {
        if (!services.beginClosing()) {
            return;
        }
        try {
            endAll();
        } finally {
            services.agenda().close();
            backend.close();
            stopTime.run();
        }
    }

    private void endAll() {
        List<CompletableFuture<?>> endings = new ArrayList<>();
        List<Shard> busy = new ArrayList<>();
        for (Shard shard : services.agenda().shards()) {
            if (shard.isCallUnderWay()) {
                busy.add(shard);
            } else {
                endAll(shard, endings);
            }
        }
        awaitCalls(busy);
        busy.forEach(shard -> endAll(shard, endings));
        CompletableFuture<?> all = CompletableFuture.allOf(endings.toArray(CompletableFuture[]::new));
        if (!Answers.awaitQuietly(all, services.answerNanos())) {
            LOG.warn(
                    "closed before {} backend has confirmed that all is released; the rest ends with its lease",
                    services.calls().name());
        }
    }

    private static void endAll(Shard shard, List<CompletableFuture<?>> endings) {
        for (Task task : shard.close()) {
            endings.add(task.end());
        }
    }

    /** Lets those calls finish that began before this closed, if they don't take too long: what they are granted must not be left behind. */
    private void awaitCalls(List<Shard> shards) {
        long pauses = services.answerNanos() / CALL_PAUSE_NANOS;
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

    boolean isClosed() {
        return services.isClosed();
    }

    /** How much this remembers: zero when nothing is held, waits or is to be tried again. */
    int size() {
        return services.size();
    }

    /** Configures a {@link LockManager}. Not thread-safe. */
    public static final class Builder {
        private final LockBackend backend;
        private LockOptions defaultOptions = LockOptions.defaults();
        private @Nullable Duration answerTimeout;
        private Executor callbackExecutor = Services.LAST_RESORT;
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
         * @param timeout from one millisecond to one hour; what {@link LockBackend#answerTimeout} says unless set
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer
         */
        public Builder answerTimeout(Duration timeout) {
            this.answerTimeout = Durations.require("timeout", timeout, Durations.MILLISECOND, Durations.HOUR);
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
