package io.holdfast.redis.wire;

import io.holdfast.LockBackendException;
import io.holdfast.redis.wire.Failure.Cure;
import io.holdfast.spi.Ticker;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What is done with the commands of one {@link Link}, round by round: connect, send, read, and deal with what goes
 * wrong. Not thread-safe, but for {@link #node}, {@link #hasMore}, {@link #underWay}, {@link #sender}, {@link #sendAhead} and {@link #close}: it
 * belongs to the thread that has the link's role.
 */
final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    /** How many commands wait here for a connection. */
    private static final int MOST = 512;

    private final Link link;
    private final Placement placement;
    private final Opener opener;
    private final Limits limits;
    private final Ticker ticker;
    private final Context context;
    private final Deque<Command> pending = new ArrayDeque<>();
    private final Outage outage = new Outage();
    private final Map<Integer, HostAndPort> moved = new HashMap<>();
    private boolean misrouted;

    /** Null as long as there is trouble: what is sent then is sent here and waited for. While there is one, nothing is pending. */
    private volatile @Nullable Pipeline pipeline;

    private volatile @Nullable Session session;
    private volatile boolean closed;
    private volatile int backlog;

    Rounds(Link link, Placement placement, Opener opener, Context context) {
        this.link = link;
        this.placement = placement;
        this.opener = opener;
        this.limits = context.limits();
        this.ticker = context.ticker();
        this.context = context;
        this.misrouted = !placement.knowsServer();
    }

    /** The server as the present connection knows it, or null. */
    @Nullable
    Node node() {
        Session current = session;
        return current == null || current.isBroken() ? null : current.node();
    }

    /** Whether there is anything to do but what is queued. */
    boolean hasMore() {
        Pipeline current = pipeline;
        return backlog > 0 || (current != null && (current.isShut() || !current.isIdle()));
    }

    /** The first command that a round has left to the next. Called with the role. */
    @Nullable
    Command next() {
        return pending.peekFirst();
    }

    /** The first command whose answer is awaited; null if there is none, or if nobody awaits it any more. */
    @Nullable
    Command underWay() {
        Pipeline current = pipeline;
        return current == null ? null : current.next();
    }

    /** The thread that sends ahead at the moment, or null. */
    @Nullable
    Thread sender() {
        Pipeline current = pipeline;
        return current == null ? null : current.sender();
    }

    /** Sends what is queued, if all is well; another thread has the role. */
    void sendAhead(Queue<Command> queue, @Nullable Command justMade) {
        Pipeline current = pipeline;
        if (current != null) {
            current.sendAhead(queue, justMade);
        }
    }

    /** Breaks the connection; every round from now on fails all commands. */
    void close() {
        closed = true;
        Session current = session;
        if (current != null) {
            current.abort();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Plays one round for what is queued. It ends early if another thread takes long to send something.
     *
     * @param own the command that this thread waits for, or null if it serves others
     */
    void play(Queue<Command> queue, Round round, @Nullable Command own) {
        try {
            if (closed) {
                // Before the queue is touched: nobody sends from it after that.
                if (drop()) {
                    collect(queue);
                    failAll(round, Failures.closed());
                } else {
                    giveUp(queue, round, command -> Failures.closed());
                }
            } else {
                converse(queue, round, own);
            }
        } catch (RuntimeException unexpected) {
            breakOff(round, unexpected);
        } catch (Error unexpected) {
            breakOff(round, unexpected);
            throw unexpected;
        } finally {
            backlog = pending.size();
        }
    }

    private void converse(Queue<Command> queue, Round round, @Nullable Command own) {
        Pipeline current = pipeline;
        if (current != null && isToEnd(current)) {
            current.shut();
            receive(current, queue, round, own);
            if (pipeline == current) {
                giveUpLate(queue, round);
                return;
            }
        }
        current = pipeline;
        if (current == null) {
            begin(queue, round);
            current = pipeline;
        } else if (!current.send(queue, round.justMade(), command -> expire(round, command))) {
            giveUpLate(queue, round);
            return;
        }
        if (current != null) {
            receive(current, queue, round, own);
        }
        if (outage.failure() != null) {
            long now = ticker.read();
            failFast(round, now);
            round.pause(outage.pause(now));
        }
    }

    /**
     * Another thread is sending and may have been paused in the middle of it: nothing can be sent before it goes on, also not over another connection, or
     * commands would overtake others. But who waits for that is told when the time is over.
     */
    private void giveUpLate(Queue<Command> queue, Round round) {
        long now = ticker.read();
        giveUp(
                queue,
                round,
                command -> command.deadline() - now > 0
                        ? null
                        : Failures.unanswered(name(), command.what(), limits.answerMillis(), null));
    }

    private void giveUp(Queue<Command> queue, Round round, Function<Command, @Nullable Failure> reason) {
        Pipeline current = pipeline;
        List<Command> all = current == null ? new ArrayList<>() : current.taken();
        all.addAll(queue);
        for (Command command : all) {
            Failure why = command.isDone() ? null : reason.apply(command);
            if (why != null) {
                // The other thread may have it, or be about to.
                round.later(() -> command.giveUp(LockBackendException.outcomeUnknown(why.message(), why.cause())));
            }
        }
        round.pause(Pipeline.A_MOMENT_NANOS);
    }

    private boolean isToEnd(Pipeline current) {
        Session over = session;
        return current.isShut() || over == null || over.isBroken() || placement.isElsewhere(over.node());
    }

    /** Answers that nobody has read must not be taken for those of later commands. */
    private void breakOff(Round round, Throwable unexpected) {
        // If another thread is still sending, what it sends is sent again instead.
        drop();
        failAll(round, new Failure("talking to Redis failed: " + unexpected, unexpected, false, Cure.NONE));
    }

    private void collect(Queue<Command> queue) {
        while (pending.size() < MOST) {
            Command command = queue.poll();
            if (command == null) {
                return;
            }
            pending.add(command);
        }
    }

    /** Connects if need be, and begins to send, if it isn't too early for that. */
    private void begin(Queue<Command> queue, Round round) {
        collect(queue);
        long now = ticker.read();
        expire(round, now);
        if (pending.isEmpty() || outage.pause(now) > 0 || !prepare(round)) {
            return;
        }
        Session current = session;
        if (current != null) {
            Pipeline fresh = new Pipeline(current, context);
            fresh.begin(List.copyOf(pending), ticker.read());
            pending.clear();
            pipeline = fresh;
        }
    }

    /**
     * Receives until the caller's own command is settled, or somebody is to be told of another; for others, what is under way by now; and all
     * if nothing more is sent.
     */
    private void receive(Pipeline current, Queue<Command> queue, Round round, @Nullable Command own) {
        try {
            int exchanges = current.exchanges();
            while (!current.isIdle() && (current.isShut() || (exchanges > 0 && goesOn(round, own)))) {
                current.receive(round.settled(), queue);
                exchanges--;
                if (!current.isShut()) {
                    outage.over();
                }
            }
        } catch (JedisException e) {
            lost(round, e);
        }
        // Another thread may be about to add to it; the next round looks again.
        if (current.isShut() && (pipeline != current || (current.shut() && current.isIdle()))) {
            end(current, round);
        }
    }

    private static boolean goesOn(Round round, @Nullable Command own) {
        return round.settled().isEmpty() && (own == null || !own.isSettled());
    }

    /** Something was in the way. All that was under way has come to its end, or was lost with the connection. */
    private void end(Pipeline shut, Round round) {
        if (pipeline == shut) {
            pipeline = null;
            pending.addAll(shut.setbacks().left());
        }
        Setbacks setbacks = shut.setbacks();
        Session current = session;
        if (setbacks.areScriptsLost() && current != null) {
            current.forgetScripts();
        }
        if (!setbacks.asked().isEmpty()) {
            new Asking(opener, limits, ticker).ask(setbacks.asked(), round.settled());
        }
        pending.removeIf(Command::isSettled);
        if (!setbacks.moved().isEmpty()) {
            moved.putAll(setbacks.moved());
            misrouted = true;
        }
        Failure obstacle = setbacks.obstacle();
        if (obstacle != null) {
            hinder(round, obstacle);
        }
    }

    private void expire(Round round, long now) {
        for (Iterator<Command> all = pending.iterator(); all.hasNext(); ) {
            Command command = all.next();
            if (command.isSettled()) {
                all.remove();
            } else if (command.deadline() - now <= 0) {
                all.remove();
                expire(round, command);
            }
        }
    }

    private void expire(Round round, Command command) {
        Failure obstacle = outage.failure();
        command.fail(
                obstacle == null ? Failures.unanswered(name(), command.what(), limits.answerMillis(), null) : obstacle);
        round.settle(command);
    }

    /** Has the commands of other links go there, and connects. */
    private boolean prepare(Round round) {
        try {
            if (misrouted) {
                placement.reroute(link, pending, moved, patience()).forEach(round::later);
                misrouted = false;
                moved.clear();
            }
            Session current = session;
            if (current != null && (current.isBroken() || placement.isElsewhere(current.node()))) {
                drop();
            }
            if (session == null && !pending.isEmpty()) {
                connect(round);
            }
            return !pending.isEmpty();
        } catch (Unreachable e) {
            hinder(round, e.failure());
            return false;
        }
    }

    private void connect(Round round) throws Unreachable {
        Session fresh = placement.open(patience());
        session = fresh;
        LOG.debug("connected to Redis at {}", fresh.node().name());
        if (closed) {
            drop();
        } else {
            round.later(link::reconnected);
        }
    }

    /** How long a step of connecting may take: no longer than the eldest command waits, but not so short that it must fail. */
    private long patience() {
        Command eldest = pending.peekFirst();
        long left = eldest == null ? 0 : eldest.deadline() - ticker.read();
        return Math.min(limits.connectNanos(), Math.max(limits.attemptNanos() / 4, left));
    }

    /** The connection broke: what it has not answered is sent again. One that had been of use before may just have grown old. */
    private void lost(Round round, JedisException why) {
        Session broken = session;
        if (drop() && broken != null) {
            LOG.debug("lost the connection to Redis at {}", broken.node().name(), why);
            if (!broken.everAnswered()) {
                hinder(round, Failures.broken(broken.node().name(), why));
            }
        }
    }

    private void hinder(Round round, Failure failure) {
        LOG.debug("{}", failure.message());
        outage.failed(failure, ticker.read());
        misrouted = true;
        if (failure.cure() == Cure.RECONNECT) {
            drop();
        } else if (failure.cure() == Cure.NONE) {
            failAll(round, failure);
        }
    }

    /**
     * Nobody waits long for a server that isn't there, unless another may take its place. But a command that the server may have got
     * already is sent again later, and what follows it for the same key must not fail before: a withdrawal would leave its request to be
     * carried out.
     */
    private void failFast(Round round, long now) {
        Failure why = outage.failure();
        if (why == null || why.cure() != Cure.RECONNECT || placement.isReplaceable()) {
            return;
        }
        Set<ByteBuffer> mayRun = new HashSet<>();
        for (Iterator<Command> all = pending.iterator(); all.hasNext(); ) {
            Command command = all.next();
            if (command.maybeApplied()) {
                mayRun.add(command.key());
            } else if (!mayRun.contains(command.key()) && now - command.madeAt() > Limits.graceNanos()) {
                all.remove();
                command.fail(why);
                round.settle(command);
            }
        }
    }

    private void failAll(Round round, Failure why) {
        for (Command command : pending) {
            if (!command.isSettled()) {
                command.fail(why);
                round.settle(command);
            }
        }
        pending.clear();
    }

    /**
     * Gives up the connection, and has all that was under way wait for another.
     *
     * @return false if another thread takes long to send something over it: then this is to be done again in the next round
     */
    private boolean drop() {
        Session current = session;
        if (current != null) {
            current.abort();
        }
        Pipeline under = pipeline;
        if (under != null) {
            if (!under.shut()) {
                return false;
            }
            pipeline = null;
            pending.addAll(under.abandon());
        }
        session = null;
        return true;
    }

    private String name() {
        Node current = node();
        return current == null ? placement.name() : current.name();
    }
}
