package io.holdfast.quorum;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.quorum.Ballot.State;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request's way to a majority.
 *
 * <p>The first member that answers is the gate: a request waits in its queue alone, so that requests meet there, in order, and not in
 * the middle of the way. With the gate won, all others are asked. When a majority has granted, the greatest of all their tokens is written back to them;
 * when a majority has confirmed that, and the others have answered or are suspect, the grant is handed out. A round that gets no majority within its time is taken back, and
 * begun again after a random pause: whoever holds the gate of another process waits no longer than that.
 *
 * <p>All that happens to it happens one after the other, in its {@link Serial}.
 */
final class Attempt {
    private static final Scheduler.Cancellable NO_TIMER = () -> {};
    private static final int QUICK_ROUNDS = 3;
    private static final long FIRST_PAUSE = 2 * Settings.NANOS_PER_MILLI;
    private static final int MOST_DOUBLINGS = 6;
    /** By how much an age may be wrong that is told in milliseconds. */
    private static final long ROUNDING = 2 * Settings.NANOS_PER_MILLI;

    private final QuorumBackend quorum;
    private final Settings settings;
    private final AcquireRequest request;
    private final Ballots ballots;
    private final long deadline;
    private final SplittableRandom random;
    private final Serial serial = new Serial();
    private final CompletableFuture<AcquireReply> answer = new CompletableFuture<>();
    private final CompletableFuture<Optional<Grant>> turn = new CompletableFuture<>();

    private Phase phase = Phase.GATE;
    private boolean queued;
    private boolean asking;
    /** Whether this round has got more time, for members that don't answer but are needed. */
    private boolean extended;
    /** Whether it is being found out if the client has had the hold before. */
    private boolean judging;

    private boolean judged;
    /** Whether it was found that it hadn't. */
    private boolean newHold;

    private int rounds;
    private int quickRounds;
    private Ballot gate;
    private @Nullable LockInfo inTheWay;
    private long token;
    private Scheduler.Cancellable silenceTimer = NO_TIMER;
    private Scheduler.Cancellable roundTimer = NO_TIMER;

    /** Where a round is. */
    private enum Phase {
        /** The gate isn't won yet. */
        GATE,
        /** The gate is won, the others are asked. */
        COLLECT,
        /** A majority has granted, the token is written back. */
        WRITE,
        /** The last round was in vain; the next one follows. */
        PAUSE,
        /** The grant is handed out; members that were late may still join. */
        HELD,
        /** It is over, and nothing of it may remain. */
        OVER
    }

    Attempt(QuorumBackend quorum, List<Member> members, Settings settings, AcquireRequest request) {
        this.quorum = quorum;
        this.settings = settings;
        this.request = request;
        this.ballots = new Ballots(members, request, quorum.standing());
        this.gate = ballots.all().get(0);
        this.deadline = settings.now() + request.waitNanos();
        this.random = new SplittableRandom(request.id());
    }

    AcquireRequest request() {
        return request;
    }

    CompletableFuture<AcquireReply> answer() {
        return answer;
    }

    /** Begins; gives the answer. An earlier attempt for the same request may have used ids of its own, which are used again. */
    CompletableFuture<AcquireReply> start(@Nullable Attempt earlier) {
        if (earlier != null) {
            ballots.continueFrom(earlier.ballots);
        }
        CompletableFuture<?> unused = quorum.standing()
                .ready()
                .thenAccept(failure -> serial.run(() -> {
                    if (failure == null) {
                        beginRound();
                    } else {
                        fail(failure);
                    }
                }));
        return answer;
    }

    // The gate.

    private void beginRound() {
        if (phase == Phase.OVER) {
            return;
        }
        rounds++;
        extended = false;
        judging = false;
        judged = false;
        newHold = false;
        phase = Phase.GATE;
        Ballot first = ballots.nextGate();
        if (first == null) {
            endInVain();
        } else {
            askGate(first);
        }
    }

    private void askGate(Ballot chosen) {
        gate = chosen;
        if (chosen.is(State.GRANTED)) {
            gateWon();
            return;
        }
        long left = Math.max(0, deadline - settings.now());
        ask(chosen, request.waitNanos() > 0 ? Math.max(1, left) : 0);
        if (chosen.is(State.ASKED)) {
            // While the answer is on its way, the others may be won already; they aren't waited for.
            ballots.in(State.IDLE).forEach(other -> ask(other, 0));
        }
    }

    private void gateWon() {
        phase = Phase.COLLECT;
        asking = true;
        for (Ballot ballot : ballots.all()) {
            if (phase == Phase.COLLECT && (ballot.is(State.IDLE) || ballot.is(State.REFUSED))) {
                ask(ballot, roundNanos());
            }
        }
        asking = false;
        refuseIfHeld();
        collect();
        if (phase == Phase.COLLECT || phase == Phase.WRITE) {
            endRoundAfter(roundNanos());
        }
    }

    /** No longer than a third of the lease: what was granted first must not be over when the last comes. */
    private long roundNanos() {
        return Math.min(settings.attemptTimeout(), request.leaseMillis() * Settings.NANOS_PER_MILLI / 3);
    }

    /** A round ends in vain when its time is over, unless all that it lacks is an answer of members that are needed. */
    private void roundOver(long round) {
        if (round != rounds || (phase != Phase.COLLECT && phase != Phase.WRITE)) {
            return;
        }
        Phase before = phase;
        List<Ballot> silent = ballots.in(phase == Phase.WRITE ? State.GRANTED : State.ASKED);
        silent.forEach(ballot -> ballot.member().suspect());
        collect();
        confirm();
        if (phase == Phase.HELD || round != rounds) {
            return;
        }
        boolean mayStillBe = ballots.in(State.GRANTED).size()
                        + ballots.in(State.CONFIRMED).size()
                        + ballots.in(State.ASKED).size()
                >= ballots.majority();
        if (!extended && mayStillBe && (phase != before || !silent.isEmpty())) {
            extended = true;
            endRoundAfter(settings.memberTimeout());
            confirm();
        } else if (phase == Phase.COLLECT || phase == Phase.WRITE) {
            endInVain();
        }
    }

    private void endRoundAfter(long time) {
        long round = rounds;
        roundTimer.cancel();
        roundTimer = settings.scheduler().schedule(() -> serial.run(() -> roundOver(round)), time);
    }

    // Questions and answers.

    private void ask(Ballot ballot, long waitNanos) {
        AcquireRequest sent = ballot.ask(waitNanos, quorum.standing().now());
        when(ballot, ballot.member().call(() -> ballot.member().store().acquire(sent)), reply -> {
            if (reply instanceof Grant grant) {
                granted(ballot, grant);
            } else if (reply instanceof AcquireReply.Queued queue) {
                waits(ballot, queue);
            } else {
                refused(ballot, ((AcquireReply.Held) reply).holder());
            }
        });
        watch();
    }

    /** Follows an answer, unless what was asked has been withdrawn when it comes; one that is there is taken at once. */
    private <T> void when(Ballot ballot, CompletableFuture<T> answered, Consumer<T> then) {
        if (answered.isDone() && !answered.isCompletedExceptionally()) {
            then.accept(answered.join());
            return;
        }
        long question = ballot.question();
        CompletableFuture<?> unused = answered.whenComplete((value, thrown) -> serial.run(() -> {
            if (ballot.question() != question) {
                return;
            }
            if (thrown == null) {
                then.accept(value);
            } else {
                failed(ballot, LockBackendExceptions.in(thrown));
            }
        }));
    }

    /** Has a look at those that don't answer. */
    private void watch() {
        if (silenceTimer == NO_TIMER && ballots.anyIn(State.ASKED)) {
            silenceTimer = settings.scheduler().schedule(() -> serial.run(this::noteSilence), settings.patience());
        }
    }

    /** Whoever can do without a silent member doesn't wait for it; one that is needed is waited for until it counts as failed. */
    private void noteSilence() {
        silenceTimer = NO_TIMER;
        for (Ballot ballot : ballots.all()) {
            AcquireRequest sent = ballot.sent();
            long silent = sent == null || !ballot.is(State.ASKED) ? 0 : settings.now() - sent.startedAt();
            if (silent >= settings.memberTimeout()) {
                failed(ballot, ballot.member().silence());
            } else if (silent >= settings.patience()) {
                ballot.member().suspect();
            }
        }
        if (phase == Phase.GATE && gate.is(State.ASKED) && gate.member().isSuspect()) {
            tryAnotherGate();
        }
        collect();
        watch();
    }

    private void tryAnotherGate() {
        Ballot next = ballots.nextGate();
        if (next != null && !next.member().isSuspect()) {
            askGate(next);
        }
    }

    private void granted(Ballot ballot, Grant grant) {
        ballot.granted(grant);
        if (phase == Phase.WRITE || phase == Phase.HELD) {
            join(ballot);
        } else if (ballot == gate && phase == Phase.GATE) {
            gateWon();
        } else if (phase == Phase.COLLECT) {
            collect();
        }
    }

    private void waits(Ballot ballot, AcquireReply.Queued queue) {
        ballot.heldBy(State.WAITING, queue.holder());
        inTheWay = queue.holder();
        if (ballot == gate && phase == Phase.GATE) {
            tellQueued(queue.holder());
            // Whoever waits in one queue has nothing elsewhere.
            discard(ballots.all().stream().filter(other -> other != gate).toList());
        } else if (phase == Phase.GATE) {
            // It was silent for so long that another became the gate.
            discard(List.of(ballot));
            return;
        } else if (phase == Phase.COLLECT && request.waitNanos() > 0) {
            tellQueued(queue.holder());
        }
        when(ballot, ballot.member().call(queue::grant), grant -> {
            if (grant.isPresent()) {
                granted(ballot, grant.get());
            } else {
                dropped(ballot);
            }
        });
        refuseIfHeld();
        collect();
    }

    /** Ends a request that may not wait when it is clear that it would be in vain: a majority tells of one and the same hold. */
    private void refuseIfHeld() {
        if (phase != Phase.COLLECT || asking || request.waitNanos() > 0) {
            return;
        }
        if (ballots.agreeOnAHolder()) {
            giveUp();
        }
    }

    private void tellQueued(LockInfo holder) {
        if (!queued) {
            queued = true;
            serial.tell(() -> answer.complete(new AcquireReply.Queued(holder, turn)));
        }
    }

    private void dropped(Ballot ballot) {
        ballot.become(State.REFUSED);
        noteLate();
        if (ballot == gate && phase == Phase.GATE) {
            giveUp();
        } else {
            collect();
        }
    }

    private void refused(Ballot ballot, LockInfo holder) {
        ballot.heldBy(State.REFUSED, holder);
        inTheWay = holder;
        noteLate();
        if (ballot == gate && phase == Phase.GATE) {
            giveUp();
        } else if (phase == Phase.COLLECT && ballot.asked().waitNanos() == 0) {
            // It was asked before the gate was won.
            ask(ballot, roundNanos());
        }
        refuseIfHeld();
        collect();
    }

    private void failed(Ballot ballot, LockBackendException why) {
        AcquireRequest sent = ballot.sent();
        boolean mayBeThere = ballot.is(State.WAITING) || ballot.is(State.GRANTED) || !why.outcomeKnown();
        ballot.member().suspect();
        if (sent != null && mayBeThere) {
            CompletableFuture<?> unused = takeBack(ballot);
        }
        ballot.failed(why);
        if (phase == Phase.HELD || phase == Phase.OVER) {
            noteLate();
            return;
        }
        if (ballots.leaveNoMajority()) {
            failNow();
        } else if (phase == Phase.GATE && ballot == gate) {
            askGate(Objects.requireNonNull(ballots.nextGate(), "a member that hasn't failed"));
        } else {
            collect();
            confirm();
        }
    }

    // The majority.

    private void collect() {
        // A majority that answers at once must not keep the others from being asked.
        if (phase != Phase.COLLECT || asking) {
            return;
        }
        List<Ballot> granted = ballots.in(State.GRANTED);
        boolean worthWaiting = ballots.anyWorthWaiting(State.ASKED) || ballots.waitersDecide();
        if (granted.size() < ballots.majority() || worthWaiting || judging) {
            return;
        }
        long common = ballots.commonToken(granted);
        if (common != 0 && !judged && granted.stream().anyMatch(ballot -> ballot.token() > common)) {
            judge(granted, common);
        } else {
            writeBack(granted);
        }
    }

    /**
     * A majority has a token in common, another member a greater one. If that is a hold which the client has already, it keeps its token, and
     * the other can't be part of it; but members come to the same token by themselves, too, and then the other's is as good. So one is asked
     * since when it has the hold.
     */
    private void judge(List<Ballot> granted, long common) {
        judging = true;
        Ballot asked = granted.stream()
                .filter(ballot -> ballot.token() == common)
                .findFirst()
                .orElseThrow();
        long round = rounds;
        long startedAt = asked.asked().startedAt();
        CompletableFuture<?> unused = asked.member()
                .call(() -> asked.member().store().inspect(request.resource()))
                .whenComplete((seen, failure) -> serial.run(() -> {
                    if (round == rounds && phase == Phase.COLLECT) {
                        judging = false;
                        judged = true;
                        newHold = failure == null && seen.stream().allMatch(hold -> isNew(hold, startedAt));
                        collect();
                    }
                }));
    }

    /** Whether a hold has begun since it was asked for here, by the clock of its member. */
    private boolean isNew(LockInfo hold, long startedAt) {
        Duration age = Duration.between(hold.acquiredAt(), hold.expiresAt().minus(hold.remaining()));
        return age.toNanos() <= settings.now() - startedAt + ROUNDING;
    }

    private void writeBack(List<Ballot> granted) {
        phase = Phase.WRITE;
        long common = ballots.commonToken(granted);
        token = common != 0 && !newHold
                ? common
                : granted.stream().mapToLong(Ballot::token).max().orElseThrow();
        // One with a greater token than the hold that the client has already can't be part of it.
        discard(granted.stream().filter(ballot -> ballot.token() > token).toList());
        for (Ballot ballot : granted) {
            if (ballot.is(State.GRANTED)) {
                raise(ballot);
            }
        }
        confirm();
    }

    private void raise(Ballot ballot) {
        TokenFloor floor = ballot.member().floor();
        Named hold = ballot.hold();
        long wanted = token;
        when(ballot, ballot.member().call(() -> floor.raiseToken(hold, wanted)), raised -> raised(ballot, raised));
    }

    private void raised(Ballot ballot, TokenFloor.Raised raised) {
        if (!raised.found()) {
            ballot.become(State.LOST);
        } else {
            boolean counts = quorum.standing().counts(ballot.member(), raised.memory(), ballot.askedWhen());
            ballot.become(counts ? State.CONFIRMED : State.YOUNG);
        }
        if (phase == Phase.HELD) {
            if (ballot.is(State.LOST)) {
                discard(List.of(ballot));
            } else {
                quorum.joined(new Named(request.resource(), request.client(), token), ballot.member());
            }
            noteLate();
        }
        confirm();
    }

    private void confirm() {
        if (phase != Phase.WRITE) {
            return;
        }
        List<Ballot> confirmed = ballots.in(State.CONFIRMED);
        if (confirmed.size() + ballots.in(State.GRANTED).size() < ballots.majority()) {
            endInVain();
            return;
        }
        // Until a member has the token, it doesn't know the hold by it: another process's release would pass it by.
        boolean worthWaiting = ballots.anyWorthWaiting(State.GRANTED);
        if (confirmed.size() >= ballots.majority() && !worthWaiting) {
            handOut(confirmed);
        } else if (confirmed.size() >= ballots.majority() && extended) {
            // More time was for the majority, which is there.
            endRoundAfter(roundNanos());
        }
    }

    private void handOut(List<Ballot> confirmed) {
        long validUntil = ballots.validUntil(confirmed);
        long lease = confirmed.stream().mapToLong(Ballot::leaseMillis).min().orElseThrow();
        if (validUntil - settings.now() <= 0) {
            endInVain();
            return;
        }
        phase = Phase.HELD;
        cancelTimers();
        discard(ballots.in(State.LOST));
        QuorumGrant grant = new QuorumGrant(request.resource(), request.client(), token, lease, validUntil);
        boolean late = !ballots.late().isEmpty();
        quorum.held(this, grant, ballots.having(), ballots.haveIdsOfTheirOwn(), late);
        if (late) {
            roundTimer =
                    settings.scheduler().schedule(() -> serial.run(this::leaveLateMembers), settings.memberTimeout());
        }
        serial.tell(() -> {
            if (!answer.complete(grant)) {
                turn.complete(Optional.of(grant));
            }
        });
    }

    private void noteLate() {
        if (phase == Phase.HELD && ballots.late().isEmpty()) {
            cancelTimers();
            quorum.complete(this);
        }
    }

    /** A member that grants when the token is decided becomes a part of the hold, unless its own is greater: tokens are never lowered. */
    private void join(Ballot ballot) {
        if (ballot.token() > token) {
            discard(List.of(ballot));
            noteLate();
            confirm();
        } else {
            raise(ballot);
        }
    }

    // The end.

    private void endInVain() {
        // Another request of this client has raised the token first: the hold is there to be shared. Or a member can
        // vote by now.
        boolean worthAnother = ballots.anyIn(State.LOST) || ballots.hasComeOfAge();
        LockBackendException young =
                ballots.anyIn(State.YOUNG) ? quorum.standing().withoutVote() : null;
        cancelTimers();
        CompletableFuture<?> unused = takeAllBack();
        if (worthAnother && quickRounds++ < QUICK_ROUNDS) {
            beginRound();
        } else if (young == null ? deadline - settings.now() > 0 && request.waitNanos() > 0 : mayComeOfAge()) {
            pause();
        } else if (young != null) {
            fail(young);
        } else {
            giveUp();
        }
    }

    /** Whether it is worth waiting for members to get their votes. It isn't up to the last moment, in which nobody would hear any more why it was in vain. */
    private boolean mayComeOfAge() {
        long left = deadline - settings.now();
        return request.waitNanos() > 0
                && left > settings.patience() + (FIRST_PAUSE << MOST_DOUBLINGS)
                && !quorum.standing().isInVainUntil(deadline);
    }

    private void pause() {
        phase = Phase.PAUSE;
        long longest = FIRST_PAUSE << Math.min(rounds, MOST_DOUBLINGS);
        long pause = random.nextLong(longest / 2, longest);
        roundTimer = settings.scheduler()
                .schedule(
                        () -> serial.run(() -> {
                            if (phase == Phase.PAUSE) {
                                beginRound();
                            }
                        }),
                        Math.min(pause, deadline - settings.now()));
    }

    /** Ends without a hold, since somebody else has it. */
    private void giveUp() {
        LockInfo holder = inTheWay;
        if (holder == null) {
            failNow();
            return;
        }
        CompletableFuture<?> takenBack = over();
        boolean wasQueued = queued;
        CompletableFuture<?> unused = takenBack.whenComplete((done, failure) -> serial.run(() -> serial.tell(() -> {
            if (wasQueued) {
                turn.complete(Optional.empty());
            } else {
                answer.complete(new AcquireReply.Held(holder));
            }
        })));
    }

    private void failNow() {
        fail(ballots.failure());
    }

    private void fail(LockBackendException failure) {
        if (phase != Phase.OVER) {
            CompletableFuture<?> unused = over();
        }
        serial.tell(() -> {
            if (!answer.completeExceptionally(failure)) {
                turn.completeExceptionally(failure);
            }
        });
    }

    /** Ends this, and takes back whatever there is; completes when that is done where it can be. */
    private CompletableFuture<?> over() {
        phase = Phase.OVER;
        cancelTimers();
        quorum.forget(this);
        return takeAllBack();
    }

    /** Has what was sent to some members withdrawn in the background. */
    private void discard(List<Ballot> some) {
        CompletableFuture<?> unused = takeBack(some);
    }

    private CompletableFuture<?> takeAllBack() {
        return takeBack(ballots.all());
    }

    /** The first member comes last, as it does when a hold is released. */
    private CompletableFuture<?> takeBack(List<Ballot> some) {
        List<CompletableFuture<?>> done = new ArrayList<>();
        for (int i = some.size() - 1; i >= 0; i--) {
            done.add(takeBack(some.get(i)));
        }
        return CompletableFuture.allOf(done.toArray(CompletableFuture[]::new));
    }

    /** Withdraws what was sent to a member in this round, in the background. */
    private CompletableFuture<?> takeBack(Ballot ballot) {
        AcquireRequest sent = ballot.sent();
        if (sent == null || ballot.is(State.REFUSED)) {
            ballot.forget();
            return CompletableFuture.completedFuture(null);
        }
        ballot.withdrawn();
        return quorum.cleaner().withdraw(ballot.member(), sent);
    }

    private void cancelTimers() {
        roundTimer.cancel();
        roundTimer = NO_TIMER;
        silenceTimer.cancel();
        silenceTimer = NO_TIMER;
    }

    // From outside.

    /** What must be sent to each member to withdraw this request, which is over from now on. */
    CompletableFuture<List<AcquireRequest>> withdraw() {
        CompletableFuture<List<AcquireRequest>> withdrawals = new CompletableFuture<>();
        serial.run(() -> {
            phase = Phase.OVER;
            cancelTimers();
            quorum.forget(this);
            List<AcquireRequest> sent = new ArrayList<>();
            for (Ballot ballot : ballots.all()) {
                AcquireRequest last = ballot.sent();
                sent.add(last == null ? ballot.ask(0, quorum.standing().now()) : last);
                ballot.withdrawn();
            }
            serial.tell(() -> withdrawals.complete(sent));
        });
        return withdrawals;
    }

    /** The hold has ended: members that were late don't join it any more. */
    void holdEnded() {
        serial.run(this::leaveLateMembers);
    }

    private void leaveLateMembers() {
        if (phase == Phase.HELD) {
            discard(ballots.late());
            noteLate();
        }
    }

    /** The quorum is closed: whoever waits is told, and what can be taken back is. */
    void close(LockBackendException closed) {
        serial.run(() -> {
            if (phase != Phase.HELD) {
                fail(closed);
            }
        });
    }
}
