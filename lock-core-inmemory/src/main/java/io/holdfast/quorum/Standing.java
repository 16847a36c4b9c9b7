package io.holdfast.quorum;

import io.holdfast.LockBackendException;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which members' votes count. A member that has lost its memory in a restart could grant what it granted already, and its
 * tokens could begin again. So it votes only when it has remembered for longer than any lease lasts, and when it has been
 * brought level: when its tokens have been raised, after that time, above all that a majority of the others knows of.
 *
 * <p>Members are told apart from their earlier lives by their {@linkplain TokenFloor.Memory#incarnation incarnation}.
 * Whoever meets an unknown one brings all members level that can be, and the others when they have remembered for long enough; so does everybody at the
 * beginning.
 *
 * <p>Thread-safe.
 */
final class Standing {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumBackend.class);
    private static final long ALMOST_A_SECOND = 999_999_999;
    private static final long NEVER = Long.MAX_VALUE;
    /** How long to wait after some could not be brought level. */
    private static final long LONGEST_PAUSE = 5_000 * Settings.NANOS_PER_MILLI;

    private final List<Member> members;
    private final Settings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Member, Life> lives = new HashMap<>();
    private final AtomicInteger levellings = new AtomicInteger();
    private @Nullable CompletableFuture<@Nullable LockBackendException> levelling;
    private Scheduler.Cancellable timer = () -> {};
    private boolean open;
    private boolean closed;
    /** Why no vote counts, if two members are one store. */
    private @Nullable LockBackendException twins;

    Standing(List<Member> members, Settings settings) {
        this.members = members;
        this.settings = settings;
    }

    /** Completes when a majority is level, with null; or with the reason why it can't be. */
    CompletableFuture<@Nullable LockBackendException> ready() {
        lock.lock();
        try {
            if (open && twins == null) {
                return CompletableFuture.completedFuture(null);
            }
        } finally {
            lock.unlock();
        }
        return level();
    }

    /** Brings all members level that can be reached, unless that is under way. */
    CompletableFuture<@Nullable LockBackendException> level() {
        CompletableFuture<@Nullable LockBackendException> begun;
        lock.lock();
        try {
            if (levelling != null && !levelling.isDone()) {
                return levelling;
            }
            begun = new CompletableFuture<>();
            levelling = begun;
        } finally {
            lock.unlock();
        }
        CompletableFuture<?> unused =
                ask(member -> 0, member -> 0).thenCompose(this::askAgain).thenAccept(begun::complete);
        return begun;
    }

    /**
     * How far tokens are is asked only when it is known who lives: what was given before a member's present life began is
     * with the others by then.
     */
    private CompletableFuture<@Nullable LockBackendException> askAgain(List<Answer<TokenFloor.Floor>> alive) {
        return ask(member -> 0, member -> 0).thenCompose(known -> raise(alive, known));
    }

    private CompletableFuture<@Nullable LockBackendException> raise(
            List<Answer<TokenFloor.Floor>> alive, List<Answer<TokenFloor.Floor>> known) {
        long greatest = 1;
        for (Answer<TokenFloor.Floor> answer : known) {
            greatest = answer.value() == null
                    ? greatest
                    : Math.max(greatest, answer.value().token());
        }
        long floor = greatest;
        // The others aren't raised: that they were is taken as a sign of having been brought level.
        return ask(
                        member -> isOldEnough(member, alive) && knowsEnough(known, member) ? floor : 0,
                        member -> incarnation(alive.get(members.indexOf(member))))
                .thenApply(raised -> note(alive, raised));
    }

    /**
     * Whether a member's floor may be raised to what is known: whoever has met all tokens in the past needs to be among those
     * who told. That is so if all others have, or a majority of such as were level themselves.
     */
    private boolean knowsEnough(List<Answer<TokenFloor.Floor>> known, Member member) {
        int others = 0;
        int level = 0;
        for (int i = 0; i < members.size(); i++) {
            TokenFloor.Floor told = known.get(i).value();
            if (told != null && members.indexOf(member) != i) {
                others++;
                level += told.raised() ? 1 : 0;
            }
        }
        return others == members.size() - 1 || level > members.size() / 2;
    }

    /**
     * Whether a member had remembered for the longest lease before the others were asked. A token that was written to it in an earlier life of it may
     * have been on the way to the others for as long as the hold of that token could last, so that they didn't know it before.
     */
    private boolean isOldEnough(Member member, List<Answer<TokenFloor.Floor>> alive) {
        TokenFloor.Floor told = alive.get(members.indexOf(member)).value();
        if (told == null) {
            return false;
        }
        lock.lock();
        try {
            Life life = lives.get(member);
            boolean nothingForgotten = life == null
                    ? !open && settings.firstStart()
                    : life.trusted && life.incarnation == told.memory().incarnation();
            return nothingForgotten || Settings.certain(told.memory().age().toNanos()) - settings.longestLease() >= 0;
        } finally {
            lock.unlock();
        }
    }

    private static long incarnation(Answer<TokenFloor.Floor> told) {
        TokenFloor.Floor floor = told.value();
        return floor == null ? 0 : floor.memory().incarnation();
    }

    private CompletableFuture<List<Answer<TokenFloor.Floor>>> ask(
            ToLongFunction<Member> floor, ToLongFunction<Member> incarnation) {
        return Poll.of(
                members,
                settings,
                member -> member.floor().raiseFloor(floor.applyAsLong(member), incarnation.applyAsLong(member)));
    }

    private @Nullable LockBackendException note(
            List<Answer<TokenFloor.Floor>> alive, List<Answer<TokenFloor.Floor>> raised) {
        lock.lock();
        try {
            for (int i = 0; i < members.size(); i++) {
                TokenFloor.Floor before = alive.get(i).value();
                TokenFloor.Floor after = raised.get(i).value();
                if (before != null
                        && after != null
                        && before.memory().incarnation() == after.memory().incarnation()) {
                    note(members.get(i), after);
                }
            }
            levelLater();
            twins = findTwins();
            if (twins != null) {
                return twins;
            }
            boolean majority = Answer.count(raised) > members.size() / 2;
            // Who is met for the first time later isn't trusted any more, so that a majority must have been met by
            // then.
            open |= majority && lives.size() > members.size() / 2;
            return majority && open ? null : Answer.failure("no majority of the quorum's members answers", raised);
        } finally {
            lock.unlock();
        }
    }

    /** One store under two addresses would be a majority, or half of one, alone. */
    private @Nullable LockBackendException findTwins() {
        Map<Long, Member> met = new HashMap<>();
        for (Member member : members) {
            Life life = lives.get(member);
            Member twin = life == null ? null : met.put(life.incarnation, member);
            if (twin != null) {
                return LockBackendException.notApplied(
                        "members '" + twin.name() + "' and '" + member.name()
                                + "' are one store under two addresses: each must be a server of its own",
                        null);
            }
        }
        return null;
    }

    private void note(Member member, TokenFloor.Floor floor) {
        long incarnation = floor.memory().incarnation();
        Life before = lives.get(member);
        if (before == null || before.incarnation != incarnation) {
            long countsFrom = rememberedSince(floor.memory()) + settings.longestLease();
            before = new Life(incarnation, false, !open && settings.firstStart(), countsFrom, 0);
        }
        if (floor.raised() && !before.level) {
            LOG.debug("member '{}' is level", member.name());
            before = before.levelled(levellings.incrementAndGet());
        }
        lives.put(member, before);
    }

    /** Also if nobody asks for anything then: who could tell how far tokens have come may be gone when somebody does. */
    private void levelLater() {
        timer.cancel();
        long delay = members.stream()
                .mapToLong(member -> untilLevelling(lives.get(member)))
                .min()
                .orElse(NEVER);
        if (delay != NEVER && !closed) {
            timer = settings.scheduler()
                    .schedule(
                            () -> {
                                CompletableFuture<?> unused = level();
                            },
                            delay);
        }
    }

    private long untilLevelling(@Nullable Life life) {
        long again = Math.min(LONGEST_PAUSE, settings.longestLease() / 4);
        if (life != null && life.level) {
            return NEVER;
        }
        return life == null || life.trusted
                ? again
                : Math.max(again, Settings.certainlyOver(life.countsFrom - settings.now()));
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            timer.cancel();
        } finally {
            lock.unlock();
        }
    }

    /** The moment at which a vote is asked for. */
    Moment now() {
        return new Moment(settings.now(), levellings.get());
    }

    /** Whether a member's vote counts that was asked for at a moment, and has told its memory afterwards. */
    boolean counts(Member member, TokenFloor.Memory memory, Moment asked) {
        Life life;
        lock.lock();
        try {
            life = lives.get(member);
        } finally {
            lock.unlock();
        }
        boolean known = life != null && life.incarnation == memory.incarnation();
        if (life == null || !known || life.couldBeLevelled(settings.now())) {
            CompletableFuture<?> unused = level();
            return false;
        }
        boolean remembers = rememberedSince(memory) + settings.longestLease() - asked.time <= 0;
        return life.trusted || (life.wasLevel(asked) && remembers);
    }

    /** Whether a member's vote that was asked for at a moment will count, unless it has been restarted since it was last met. */
    boolean mayCount(Member member, Moment asked) {
        lock.lock();
        try {
            Life life = lives.get(member);
            return life == null || life.trusted || (life.wasLevel(asked) && life.countsFrom - asked.time <= 0);
        } finally {
            lock.unlock();
        }
    }

    /** Whether so many members have been started so lately that no majority can vote before a moment, whatever happens. */
    boolean isInVainUntil(long moment) {
        lock.lock();
        try {
            long young = members.stream()
                    .map(lives::get)
                    .filter(life -> life != null && !life.trusted && life.countsFrom - moment > 0)
                    .count();
            return members.size() - young <= members.size() / 2;
        } finally {
            lock.unlock();
        }
    }

    /** Why too few votes count, and from when on they will. */
    LockBackendException withoutVote() {
        lock.lock();
        try {
            List<Member> some =
                    members.stream().filter(member -> !votes(lives.get(member))).toList();
            // Otherwise some have been in use, so that what the others have forgotten may be held.
            String hint = some.size() == members.size()
                    ? ". If nobody has used any of these servers before, set firstStart"
                    : "";
            return LockBackendException.outcomeUnknown(
                    "too few members of the quorum have a vote, which they get when they have remembered for the longest lease ("
                            + Duration.ofNanos(settings.longestLease()) + "): "
                            + some.stream().map(this::whyNoVote).collect(Collectors.joining(", ")) + hint,
                    null);
        } finally {
            lock.unlock();
        }
    }

    private boolean votes(@Nullable Life life) {
        return life != null && (life.trusted || (life.level && life.countsFrom - settings.now() <= 0));
    }

    private String whyNoVote(Member member) {
        String name = "member '" + member.name() + "' ";
        Life life = lives.get(member);
        if (life == null) {
            return name + "has not answered yet";
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(life.countsFrom - settings.now() + ALMOST_A_SECOND);
        return seconds > 0
                ? name + "votes in " + Duration.ofSeconds(seconds)
                : name + "votes when enough others have told it how far tokens have come";
    }

    private long rememberedSince(TokenFloor.Memory memory) {
        return settings.now() - Settings.certain(memory.age().toNanos());
    }

    /**
     * A moment.
     *
     * @param time on the ticker
     * @param levellings how many times a member had been found to be level by then
     */
    record Moment(long time, int levellings) {}

    /**
     * What is known of a member since it last began to remember.
     *
     * @param level whether its tokens are above all that were given before
     * @param trusted whether it votes however young it is
     * @param countsFrom from when on it has remembered for the longest lease
     * @param levelling by which it was found to be level. A token that it gave before may be one that another has given
     */
    private record Life(long incarnation, boolean level, boolean trusted, long countsFrom, int levelling) {
        Life levelled(int by) {
            return new Life(incarnation, true, trusted, countsFrom, by);
        }

        boolean couldBeLevelled(long now) {
            return !level && !trusted && countsFrom - now <= 0;
        }

        boolean wasLevel(Moment asked) {
            return level && asked.levellings >= levelling;
        }
    }
}
