package io.holdfast.quorum;

import io.holdfast.LockBackendException;
import io.holdfast.spi.TokenFloor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which members' votes count. A member that has lost its memory in a restart could grant what it granted already, and its
 * tokens could begin again. So it votes only when it has remembered for longer than any lease lasts, and when it has been
 * brought level: when its tokens have been raised above all that a majority of the others knows of.
 *
 * <p>Members are told apart from their earlier lives by their {@linkplain TokenFloor.Memory#incarnation incarnation}.
 * Whoever meets an unknown one brings all members level; so does everybody at the beginning.
 *
 * <p>Thread-safe.
 */
final class Standing {
    private final List<Member> members;
    private final Settings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Member, Life> lives = new HashMap<>();
    private @Nullable CompletableFuture<@Nullable LockBackendException> levelling;
    private boolean open;

    Standing(List<Member> members, Settings settings) {
        this.members = members;
        this.settings = settings;
    }

    /** Completes when a majority is level, with null; or with the reason why it can't be. */
    CompletableFuture<@Nullable LockBackendException> ready() {
        lock.lock();
        try {
            if (open) {
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
        CompletableFuture<?> unused = ask(0).thenCompose(this::askAgain).thenAccept(begun::complete);
        return begun;
    }

    private CompletableFuture<List<Answer<TokenFloor.Floor>>> ask(long floor) {
        return Poll.of(members, settings, member -> member.floor().raiseFloor(floor));
    }

    /**
     * How far tokens are is asked only when it is known who lives: what was given before a member's present life began is
     * with the others by then.
     */
    private CompletableFuture<@Nullable LockBackendException> askAgain(List<Answer<TokenFloor.Floor>> alive) {
        return ask(0).thenCompose(known -> ask(greatest(known)).thenApply(raised -> note(alive, known, raised)));
    }

    private static long greatest(List<Answer<TokenFloor.Floor>> answers) {
        long greatest = 0;
        for (Answer<TokenFloor.Floor> answer : answers) {
            greatest = answer.value() == null
                    ? greatest
                    : Math.max(greatest, answer.value().token());
        }
        return greatest;
    }

    private @Nullable LockBackendException note(
            List<Answer<TokenFloor.Floor>> alive,
            List<Answer<TokenFloor.Floor>> known,
            List<Answer<TokenFloor.Floor>> raised) {
        int majority = members.size() / 2 + 1;
        long level = 0;
        lock.lock();
        try {
            for (int i = 0; i < members.size(); i++) {
                TokenFloor.Floor before = alive.get(i).value();
                TokenFloor.Floor after = raised.get(i).value();
                if (before != null
                        && after != null
                        && before.memory().incarnation() == after.memory().incarnation()) {
                    note(members.get(i), after.memory(), others(known, i) >= Math.min(majority, members.size() - 1));
                    level++;
                }
            }
            open |= level >= majority;
            return open ? null : Answer.failure("no majority of the quorum's members answers", raised);
        } finally {
            lock.unlock();
        }
    }

    private static long others(List<Answer<TokenFloor.Floor>> answers, int member) {
        return Answer.count(answers) - (answers.get(member).isThere() ? 1 : 0);
    }

    private void note(Member member, TokenFloor.Memory memory, boolean byMajority) {
        Life before = lives.get(member);
        Life same = before != null && before.incarnation == memory.incarnation() ? before : null;
        // One that has been up for long was brought level by others, or fails together with those that could tell.
        boolean grown = !open && age(memory) > settings.longestLease();
        boolean level = byMajority || grown || (same != null && same.level);
        boolean trusted = same == null ? !open && settings.firstStart() : same.trusted;
        lives.put(member, new Life(memory.incarnation(), level, trusted));
    }

    /** Whether a member's vote counts that was asked for at a moment, and has told its memory afterwards. */
    boolean counts(Member member, TokenFloor.Memory memory, long askedAt) {
        Life life;
        lock.lock();
        try {
            life = lives.get(member);
        } finally {
            lock.unlock();
        }
        if (life == null || life.incarnation != memory.incarnation() || (!life.level && !life.trusted)) {
            CompletableFuture<?> unused = level();
            return false;
        }
        long rememberedSince = settings.now() - age(memory);
        return life.trusted || rememberedSince - (askedAt - settings.longestLease()) <= 0;
    }

    private static long age(TokenFloor.Memory memory) {
        return Settings.certain(memory.age().toNanos());
    }

    /**
     * What is known of a member since it last began to remember.
     *
     * @param level whether its tokens are above all that were given before
     * @param trusted whether it votes however young it is
     */
    private record Life(long incarnation, boolean level, boolean trusted) {}
}
