package io.holdfast.redis.wire;

import io.holdfast.LockBackendException;
import io.holdfast.spi.Ticker;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The commands for one server, in order, and who does the I/O for them.
 *
 * <p>Flat combining (Hendler, Incze, Shavit and Tzafrir, 2010): whoever finds the role free takes it, and does the I/O
 * for all that are queued. A caller gives the role back after the round that settled its own command. Others send theirs while
 * it waits for answers, if all is well.
 * No command is forgotten, since while any is queued, a thread has the role, or has been woken and will try to take it.
 *
 * <p>Thread-safe.
 */
final class Link {
    /** How much longer than its own time a caller waits for another thread that has the role. */
    private static final long SLACK_NANOS = 100_000_000;

    private final Limits limits;
    private final Ticker ticker;
    private final String name;
    private final IoThread io;
    private final Rounds rounds;
    private final ConcurrentLinkedQueue<Command> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock role = new ReentrantLock();
    private final Subscription subscription;

    Link(Placement placement, Opener opener, Context context) {
        this.limits = context.limits();
        this.ticker = context.ticker();
        this.name = placement.name();
        this.io = new IoThread("holdfast-redis-" + name, this::serveAll);
        this.rounds = new Rounds(this, placement, opener, context);
        this.subscription = new Subscription(this, opener, context);
    }

    String name() {
        return name;
    }

    /** The server as the present connection knows it, or null. */
    @Nullable
    Node node() {
        return rounds.node();
    }

    /** Where the server can reach this process. */
    Subscription subscription() {
        return subscription;
    }

    /** There is another connection. */
    void reconnected() {
        subscription.follow();
    }

    /** Queues a command. The caller then has it served: by {@link #wake} or {@link #serveHere}. */
    void offer(Command command) {
        command.movedTo(this);
        queue.add(command);
    }

    /** Takes everything off the queue. */
    void drainTo(Collection<Command> others) {
        for (Command command = queue.poll(); command != null; command = queue.poll()) {
            others.add(command);
        }
    }

    /** Has what is queued served: by the thread that has the role, or else by the I/O thread. */
    void wake() {
        if (rounds.isClosed()) {
            sweep();
        } else if (!role.isLocked()) {
            io.wake();
        }
    }

    /** The same, but the thread that waits for the first of it comes first. */
    void handOver() {
        handOver(null);
    }

    private void handOver(@Nullable Command left) {
        Command next = left == null ? rounds.underWay() : left;
        if (next == null) {
            next = queue.peek();
        }
        if (next == null && !rounds.hasMore()) {
            return;
        }
        if (rounds.isClosed()) {
            sweep();
        } else if (next == null || !next.wakeWaiter() || next.isWaitedForBy(rounds.sender())) {
            // Whoever is sending may be paused, and then nobody would read the others' answers.
            io.wake();
        }
    }

    /**
     * Serves the link of a queued command on this thread, until the command is settled; while another thread does
     * that, an interrupt ends the wait.
     */
    static void serveHere(Command command) {
        boolean left = false;
        try {
            boolean first = true;
            while (!left && !command.isDone()) {
                left = command.link().isLeftAfterServing(command, first);
                first = false;
            }
        } catch (RuntimeException | Error unexpected) {
            // Nobody waits here any more, and whoever has the role must not count on this thread.
            command.link().leave(command);
            throw unexpected;
        }
    }

    /** One step of that; whether the caller has left the command to others. */
    private boolean isLeftAfterServing(Command command, boolean first) {
        if (role.isHeldByCurrentThread()) {
            leave(command);
            return true;
        }
        if (role.tryLock()) {
            long pause = serve(command, first);
            if (command.isDone()) {
                return false;
            }
            return (pause > 0 && !pause(command, pause)) || giveUpIfLate(command) <= 0;
        }
        if (!Thread.currentThread().isInterrupted()) {
            rounds.sendAhead(queue, first ? command : null);
        }
        // Whoever has the role now looks for what has been sent when it gives it back; one that did so before may have
        // missed it.
        boolean free = !role.isLocked();
        if (command.isDone()) {
            if (free) {
                handOver();
            }
            return false;
        }
        return !free && !await(command);
    }

    private boolean await(Command command) {
        if (Thread.currentThread().isInterrupted()) {
            leave(command);
            return false;
        }
        long patience = giveUpIfLate(command);
        if (patience > 0) {
            LockSupport.parkNanos(this, patience);
        }
        return patience > 0;
    }

    /** How long a caller may wait yet; if no longer, it has failed its command and left. */
    private long giveUpIfLate(Command command) {
        long patience = command.deadline() - ticker.read() + limits.attemptNanos() / 4 + SLACK_NANOS;
        if (patience <= 0) {
            Failure stuck = Failures.unanswered(name, command.what(), limits.answerMillis(), null);
            command.giveUp(LockBackendException.outcomeUnknown(stuck.message(), null));
            leave(command);
        }
        return patience;
    }

    /** It is too early for the next round. */
    private boolean pause(Command command, long nanos) {
        if (Thread.currentThread().isInterrupted()) {
            leave(command);
            return false;
        }
        LockSupport.parkNanos(this, nanos);
        return true;
    }

    /** The caller won't wait here any longer, so the I/O thread has to. */
    private void leave(Command command) {
        command.waitedForBy(null);
        if (rounds.isClosed()) {
            sweep();
        } else {
            io.wake();
        }
    }

    /** After the end, whoever comes by fails what has been queued since. */
    private void sweep() {
        if (!role.isHeldByCurrentThread() && role.tryLock()) {
            serve(null, false);
        }
    }

    /** The I/O thread's work; returns how long to wait before the next round, 0 if there is nothing to do. */
    private long serveAll() {
        long pause = 0;
        while (pause == 0 && hasWork() && role.tryLock()) {
            pause = serve(null, false);
        }
        // After the end nobody wakes it any more, and whoever has the role now may leave something.
        return pause == 0 && rounds.isClosed() && hasWork() ? Pipeline.A_MOMENT_NANOS : pause;
    }

    private boolean hasWork() {
        return !queue.isEmpty() || rounds.hasMore();
    }

    /** One round by the thread that has the role, which it gives back; returns how long to wait before the next. */
    private long serve(@Nullable Command own, boolean justMade) {
        // A virtual thread with a pending interrupt can't do I/O: its socket would be closed.
        boolean interrupted = Thread.interrupted();
        Round round = new Round(justMade ? own : null);
        Command left = null;
        try {
            rounds.play(queue, round, own);
        } finally {
            left = rounds.next();
            role.unlock();
            // One whose command belongs to another link by now goes on there.
            boolean goesOn = own == null ? left != null || rounds.hasMore() : !own.isSettled() && own.link() == this;
            if (!goesOn) {
                handOver(left);
            }
            round.tell();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return round.pauseNanos();
    }

    /** Breaks the connection and fails all commands. */
    void close() {
        rounds.close();
        if (hasWork()) {
            // It sees to it that nothing is left, if another thread takes long to send.
            io.wake();
        }
        io.stop();
        subscription.close();
        sweep();
    }

    /** The I/O thread, if there is one. */
    @Nullable
    Thread ioThread() {
        return io.thread();
    }
}
