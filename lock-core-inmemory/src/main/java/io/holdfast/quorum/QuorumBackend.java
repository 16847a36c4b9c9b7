package io.holdfast.quorum;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
import io.holdfast.core.internal.Durations;
import io.holdfast.core.internal.QuorumLimits;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One backend made of several independent ones, of which any minority may fail: a hold is what a majority holds. A fencing
 * token is greater than all that came before as long as no majority fails at once; see {@code docs/quorum.md} for the
 * algorithm and its proof.
 *
 * <p>Between processes, waiters are served in the order in which the first member queued them, as long as all are well;
 * that isn't promised when members fail, and so not {@linkplain Capabilities#fair declared}.
 *
 * <p>A lease of less than 50 ms becomes as long: a hold takes two round trips to the members.
 *
 * <p>A member that was restarted may have forgotten what it granted. Its vote doesn't count until it has been up for the longest
 * lease, which is therefore a setting here: leases that are longer are refused. A member that never forgets says so in its
 * {@link io.holdfast.spi.TokenFloor.Memory} and votes at once.
 */
public final class QuorumBackend implements LockBackend {
    /** Shorter leases become as long: two round trips must fit into a third of it. */
    public static final Duration SHORTEST_LEASE = QuorumLimits.SHORTEST_LEASE;

    private static final int REMEMBERED = 10_000;

    private final List<Member> members;
    private final int majority;
    private final Settings settings;
    private final Standing standing;
    private final Cleaner cleaner;
    private final Capabilities capabilities;
    private final boolean releasedByAny;
    private final Runnable onClose;

    private final Map<Long, Attempt> underWay = new ConcurrentHashMap<>();
    /** Those that have ended with a hold, and were sent under ids that can't be told from the request: the latest of them. */
    private final Map<Long, Attempt> ended = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Attempt> eldest) {
            return size() > REMEMBERED;
        }
    });

    private final Unfinished unfinished = new Unfinished();
    private final PartialHolds partialHolds;
    /** The last release that is under way, of each hold. */
    private final Map<Named, CompletableFuture<Boolean>> releases = new ConcurrentHashMap<>();

    private volatile boolean closed;

    private QuorumBackend(Builder builder) {
        this.members = builder.members.entrySet().stream()
                .map(member -> new Member(member.getKey(), member.getValue()))
                .toList();
        this.majority = members.size() / 2 + 1;
        this.settings = new Settings(
                builder.ticker,
                builder.scheduler,
                builder.memberTimeout.toNanos(),
                builder.attemptTimeout.toNanos(),
                builder.longestLease.toNanos(),
                builder.firstStart);
        this.partialHolds = new PartialHolds(members, settings.longestLease());
        this.standing = new Standing(members, settings);
        this.cleaner = new Cleaner(settings);
        this.capabilities = common(members, builder.longestLease);
        this.releasedByAny = builder.releasedByAny;
        this.onClose = builder.onClose;
    }

    /**
     * Begins to configure a quorum.
     *
     * @param members the backends by their names, which errors repeat; each of them must implement
     *     {@link io.holdfast.spi.TokenFloor}; they are closed with the quorum. Every process must name the same ones in the same
     *     order. An odd number is best: four survive no more failures than three. Of two, both are needed.
     * @param ticker the time that the members' grants are valid by
     * @param scheduler agrees with the ticker
     * @return a builder
     * @throws IllegalArgumentException if there are fewer than two members, or one doesn't let its tokens be raised
     */
    public static Builder builder(Map<String, LockBackend> members, Ticker ticker, Scheduler scheduler) {
        if (members.size() < 2) {
            throw new IllegalArgumentException("a quorum must have at least two members, but has " + members.size());
        }
        return new Builder(members, ticker, scheduler);
    }

    private static Capabilities common(List<Member> members, Duration longestLease) {
        List<Capabilities> all =
                members.stream().map(member -> member.store().capabilities()).toList();
        String names = String.join(
                ", ", all.stream().map(Capabilities::name).distinct().toList());
        return new Capabilities(
                "quorum of " + members.size() + " (" + names + ")",
                Stream.concat(Stream.of(SHORTEST_LEASE), all.stream().map(Capabilities::minLease))
                        .max(Duration::compareTo)
                        .orElseThrow(),
                Stream.concat(Stream.of(longestLease), all.stream().map(Capabilities::maxLease))
                        .min(Duration::compareTo)
                        .orElseThrow(),
                all.stream()
                        .map(Capabilities::leaseGranularity)
                        .max(Duration::compareTo)
                        .orElseThrow(),
                false);
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        if (request.leaseMillis() * Settings.NANOS_PER_MILLI > settings.longestLease()) {
            return CompletableFuture.failedFuture(LockBackendException.notApplied(
                    "lease must be at most " + Duration.ofNanos(settings.longestLease())
                            + ", the longest lease of this quorum, but was " + Duration.ofMillis(request.leaseMillis()),
                    null));
        }
        Attempt attempt = new Attempt(this, members, settings, lastingLongEnough(request));
        Attempt present = underWay.putIfAbsent(request.id(), attempt);
        if (present != null) {
            return present.answer();
        }
        if (closed) {
            attempt.close(closedException());
            return attempt.answer();
        }
        return attempt.start(ended.get(request.id()));
    }

    private static AcquireRequest lastingLongEnough(AcquireRequest request) {
        return request.leaseMillis() >= SHORTEST_LEASE.toMillis()
                ? request
                : new AcquireRequest(
                        request.id(),
                        request.resource(),
                        request.client(),
                        SHORTEST_LEASE.toMillis(),
                        request.waitNanos(),
                        request.startedAt());
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return attemptOf(request)
                .map(attempt -> attempt.withdraw().thenCompose(sent -> withdraw(request, sent)))
                .orElseGet(() -> withdraw(request, Collections.nCopies(members.size(), request)));
    }

    private Optional<Attempt> attemptOf(AcquireRequest request) {
        Attempt attempt = underWay.getOrDefault(request.id(), ended.get(request.id()));
        return attempt == null ? unfinished.of(request) : Optional.of(attempt);
    }

    private CompletableFuture<Optional<LockInfo>> withdraw(AcquireRequest request, List<AcquireRequest> sent) {
        return Poll.of(members, settings, member -> member.store().withdraw(sent.get(members.indexOf(member))))
                .thenApply(answers -> {
                    // Also if no majority has answered: whoever repeats the withdrawal doesn't know under which ids it
                    // was sent.
                    for (int i = 0; i < members.size(); i++) {
                        if (!answers.get(i).isThere()) {
                            CompletableFuture<?> unused = cleaner.withdraw(members.get(i), sent.get(i));
                        }
                    }
                    requireMajority("withdrawal", request.resource(), answers);
                    ended.remove(request.id());
                    return View.inTheWay(answers, majority);
                });
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        Named named = new Named(hold.resource(), hold.client(), hold.token());
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        Named ofAnyToken = new Named(hold.resource(), hold.client(), HoldRef.ANY_TOKEN);
        // Of two at once, each might end a part of the hold, and neither could say that it has ended it.
        CompletableFuture<Boolean> before = releases.put(ofAnyToken, mine);
        CompletableFuture<?> unused = mine.whenComplete((ended, failure) -> releases.remove(ofAnyToken, mine));
        if (before == null) {
            release(named, mine);
        } else {
            unused = before.whenComplete((ended, failure) -> release(named, mine));
        }
        return mine;
    }

    private void release(Named hold, CompletableFuture<Boolean> result) {
        unfinished.of(hold).forEach(Attempt::holdEnded);
        partialHolds.end(hold);
        CompletableFuture<?> unused = Poll.of(
                        members, settings, member -> member.store().release(hold))
                .thenApply(answers -> released(hold, answers))
                .whenComplete((ended, failure) -> {
                    if (failure == null) {
                        result.complete(ended);
                    } else {
                        result.completeExceptionally(LockBackendExceptions.in(failure));
                    }
                });
    }

    private boolean released(Named hold, List<Answer<Boolean>> answers) {
        long ended = answers.stream()
                .filter(answer -> Boolean.TRUE.equals(answer.value()))
                .count();
        long silent = members.size() - Answer.count(answers);
        if (ended < majority && ended + silent >= majority) {
            throw Answer.failure("the release of '" + hold.resource() + "' can't be confirmed", answers);
        }
        if (hold.token() != HoldRef.ANY_TOKEN) {
            IntStream.range(0, members.size())
                    .filter(i -> !answers.get(i).isThere())
                    .forEach(i -> cleaner.release(members.get(i), hold));
        }
        return ended >= (releasedByAny ? 1 : majority);
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        List<Named> named = holds.stream()
                .map(hold -> new Named(hold.resource(), hold.client(), hold.token()))
                .toList();
        // Who becomes a part later may answer this before that.
        List<Set<Member>> having = named.stream().map(partialHolds::of).toList();
        return Poll.of(members, settings, member -> member.store().renew(named))
                .thenApply(answers -> IntStream.range(0, named.size())
                        .mapToObj(i -> renewed(named.get(i), i, answers, having.get(i)))
                        .toList());
    }

    private RenewOutcome renewed(Named hold, int place, List<Answer<List<RenewOutcome>>> answers, Set<Member> having) {
        RenewOutcome outcome =
                Renewals.outcome(hold, place, answers, member -> having.contains(members.get(member)), majority);
        if (outcome instanceof RenewOutcome.Renewed extended) {
            partialHolds.renewed(hold, extended.validUntil());
        } else if (outcome instanceof RenewOutcome.Lost) {
            partialHolds.end(hold);
        }
        return outcome;
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return Poll.of(members, settings, member -> member.store().inspect(resource))
                .thenApply(answers -> {
                    requireMajority("look", resource, answers);
                    return View.ofMajority(answers, majority);
                });
    }

    private void requireMajority(String call, String resource, List<? extends Answer<?>> answers) {
        if (Answer.count(answers) < majority) {
            throw Answer.failure(
                    "no majority of the quorum's members has answered the " + call + " of '" + resource + "'", answers);
        }
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        List.copyOf(underWay.values()).forEach(attempt -> attempt.close(closedException()));
        cleaner.close();
        standing.close();
        RuntimeException failure = null;
        for (Member member : members) {
            try {
                member.store().close();
            } catch (RuntimeException broken) {
                failure = failure == null ? broken : failure;
            }
        }
        onClose.run();
        if (failure != null) {
            throw failure;
        }
    }

    /** {@inheritDoc} Twice what a member may take: an acquire asks for grants first, and writes the token back then. */
    @Override
    public Duration answerTimeout() {
        return Duration.ofNanos(settings.memberTimeout()).multipliedBy(2);
    }

    private static LockBackendException closedException() {
        return LockBackendException.outcomeUnknown("the quorum is closed", null);
    }

    // What follows serves attempts.

    Standing standing() {
        return standing;
    }

    Cleaner cleaner() {
        return cleaner;
    }

    /** An attempt has ended with a hold. */
    void held(
            Attempt attempt,
            QuorumGrant grant,
            Collection<Member> having,
            boolean hasIdsOfItsOwn,
            boolean hasLateMembers) {
        Named hold = new Named(grant.resource(), grant.client(), grant.token());
        partialHolds.begin(hold, having, grant.validUntil(), settings.now());
        if (hasIdsOfItsOwn) {
            ended.put(attempt.request().id(), attempt);
        }
        if (hasLateMembers) {
            unfinished.add(attempt, hold);
        }
        underWay.remove(attempt.request().id(), attempt);
    }

    /** A member that was late has become a part of a hold. */
    void joined(Named hold, Member member) {
        partialHolds.join(hold, member);
    }

    /** All members have joined a hold, or won't. */
    void complete(Attempt attempt) {
        unfinished.remove(attempt);
    }

    /** An attempt is over. */
    void forget(Attempt attempt) {
        underWay.remove(attempt.request().id(), attempt);
        unfinished.remove(attempt);
    }

    /** How many resources have holds that members may still join, to show that they are forgotten. */
    int unfinished() {
        return unfinished.size();
    }

    /** Configures a {@link QuorumBackend}. Not thread-safe. */
    public static final class Builder {
        private final Map<String, LockBackend> members;
        private final Ticker ticker;
        private final Scheduler scheduler;
        private Duration memberTimeout = QuorumLimits.MEMBER_TIMEOUT;
        private Duration attemptTimeout = Duration.ofMillis(250);
        private Duration longestLease = QuorumLimits.LONGEST_LEASE;
        private boolean firstStart;
        private boolean releasedByAny;
        private Runnable onClose = () -> {};

        private Builder(Map<String, LockBackend> members, Ticker ticker, Scheduler scheduler) {
            this.members = new LinkedHashMap<>(members);
            this.ticker = Objects.requireNonNull(ticker, "ticker");
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        }

        /**
         * Sets how long a member may take to answer. One that is needed for a majority is waited for that long, and counts as
         * failed afterwards. After a quarter of that, nobody waits for it who can do without, until it has answered again.
         *
         * @param timeout from one millisecond to 30 minutes; one second unless set. Half of the manager's answer timeout at most, so
         *     that a call ends with what is wrong with the members, and not for want of an answer
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer
         */
        public Builder memberTimeout(Duration timeout) {
            this.memberTimeout = QuorumLimits.memberTimeout(timeout);
            return this;
        }

        /**
         * Sets how long one try to get a majority may take, once its first member is won, before what was got is given
         * back; no longer than a third of the lease in any case.
         *
         * @param timeout from one millisecond to an hour; 250 ms unless set
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer
         */
        public Builder attemptTimeout(Duration timeout) {
            this.attemptTimeout = Durations.require("attemptTimeout", timeout, Durations.MILLISECOND, Durations.HOUR);
            return this;
        }

        /**
         * Sets the longest lease, which is also how long a member that was restarted without its memory stays out. Every
         * process must have the same.
         *
         * @param lease from {@link #SHORTEST_LEASE} to {@link LockOptions#MAX_LEASE}; five minutes unless set
         * @return this
         * @throws IllegalArgumentException if it is out of these limits
         */
        public Builder longestLease(Duration lease) {
            this.longestLease = QuorumLimits.longestLease(lease);
            return this;
        }

        /**
         * Says whether this is the very first use of the members, so that they have nothing to have forgotten: they vote
         * from the beginning, though they have just been started. Those that are restarted while this is open stay out
         * all the same.
         *
         * <p>Never set this where another process may have held a lock before a member was restarted: two may hold it then.
         *
         * @param first false unless set
         * @return this
         */
        public Builder firstStart(boolean first) {
            this.firstStart = first;
            return this;
        }

        /**
         * Says whether a release has ended a hold if any member had it. It has where single members are also used by
         * others who exclude each other by them, as shards are between which resources move; in a quorum, what a minority has is no
         * hold.
         *
         * @param any false unless set: a majority must have had it
         * @return this
         */
        public Builder releasedByAny(boolean any) {
            this.releasedByAny = any;
            return this;
        }

        Builder onClose(Runnable action) {
            this.onClose = action;
            return this;
        }

        /**
         * Makes the backend. Members are asked for nothing yet.
         *
         * @return the backend, to be closed by the caller
         * @throws IllegalArgumentException if a member doesn't let its tokens be raised
         */
        public QuorumBackend build() {
            return new QuorumBackend(this);
        }
    }
}
