package io.holdfast.redis.wire;

import io.holdfast.redis.wire.Failure.Cure;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What is done with the commands of one {@link Link}, round by round: connect, send, read, and deal with what goes
 * wrong. Not thread-safe, but for {@link #node}, {@link #backlog} and {@link #close}: it belongs to the thread that has
 * the link's role.
 */
final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    /** How many commands go into one pipeline. */
    private static final int PIPELINE = 512;

    /** Only more arguments than these can fill a socket's buffer, so that writing has to wait for the server. */
    private static final int MANY_ARGUMENTS = 200;

    private static final Scheduler.Cancellable NO_ALARM = () -> {};

    private final Link link;
    private final Placement placement;
    private final Opener opener;
    private final Limits limits;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Deque<Command> pending = new ArrayDeque<>();
    private final Outage outage = new Outage();
    private final Map<Integer, HostAndPort> moved = new HashMap<>();
    private boolean misrouted;

    private volatile @Nullable Session session;
    private volatile boolean closed;
    private volatile int backlog;

    Rounds(Link link, Placement placement, Opener opener, Context context) {
        this.link = link;
        this.placement = placement;
        this.opener = opener;
        this.limits = context.limits();
        this.ticker = context.ticker();
        this.scheduler = context.scheduler();
        this.misrouted = !placement.knowsServer();
    }

    /** The server as the present connection knows it, or null. */
    @Nullable
    Node node() {
        Session current = session;
        return current == null || current.isBroken() ? null : current.node();
    }

    /** How many commands a round has left to the next. */
    int backlog() {
        return backlog;
    }

    /** The first of these. */
    @Nullable
    Command next() {
        return pending.peekFirst();
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

    /** Plays one round for what is queued. */
    void play(Queue<Command> queue, Round round) {
        try {
            collect(queue);
            if (closed) {
                drop();
                failAll(round, Failures.closed());
            } else {
                play(round);
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

    /** Answers that nobody has read must not be taken for those of later commands. */
    private void breakOff(Round round, Throwable unexpected) {
        drop();
        failAll(round, new Failure("talking to Redis failed: " + unexpected, unexpected, false, Cure.NONE));
    }

    private void collect(Queue<Command> queue) {
        while (pending.size() < PIPELINE) {
            Command command = queue.poll();
            if (command == null) {
                return;
            }
            pending.add(command);
        }
    }

    private void play(Round round) {
        Command lone = pending.size() == 1 && pending.peekFirst() == round.justMade() ? pending.peekFirst() : null;
        // Reading the time costs more than all else here, and a moment ago is as good.
        long now = lone == null ? ticker.read() : lone.madeAt();
        if (lone == null) {
            expire(round, now);
        }
        if (pending.isEmpty()) {
            return;
        }
        long pause = outage.pause(now);
        if (pause <= 0) {
            attempt(round, now);
            pause = outage.pause(ticker.read());
        }
        round.pause(pause);
    }

    private void attempt(Round round, long now) {
        Session before = session;
        if (prepare(round)) {
            exchange(round, session == before ? now : ticker.read());
        }
        if (outage.failure() != null) {
            failFast(round, ticker.read());
        }
    }

    private void expire(Round round, long now) {
        for (Iterator<Command> all = pending.iterator(); all.hasNext(); ) {
            Command command = all.next();
            if (command.isSettled()) {
                all.remove();
            } else if (command.deadline() - now <= 0) {
                all.remove();
                Failure obstacle = outage.failure();
                command.fail(
                        obstacle == null
                                ? Failures.unanswered(name(), command.what(), limits.answerMillis(), null)
                                : obstacle);
                round.settle(command);
            }
        }
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

    private void exchange(Round round, long now) {
        Session current = session;
        if (current == null) {
            return;
        }
        Exchange exchange = new Exchange(current, pending, limits, ticker, round.settled());
        Scheduler.Cancellable alarm = alarm(current);
        try {
            exchange.run(now);
        } catch (JedisException e) {
            lost(round, current, e);
        } finally {
            alarm.cancel();
        }
        dropSettled();
        if (!exchange.asked().isEmpty()) {
            new Asking(opener, limits, ticker).ask(exchange.asked(), round.settled());
            dropSettled();
        }
        if (!exchange.moved().isEmpty()) {
            moved.putAll(exchange.moved());
            misrouted = true;
        }
        Failure obstacle = exchange.obstacle();
        if (obstacle != null) {
            hinder(round, obstacle);
        } else if (current == session) {
            outage.over();
        }
    }

    private void dropSettled() {
        Command first = pending.peekFirst();
        if (pending.size() == 1 && first != null && first.isSettled()) {
            pending.clear();
        } else {
            pending.removeIf(Command::isSettled);
        }
    }

    /** A read ends by itself, but a write that fills the socket's buffer waits for the server without limit. */
    private Scheduler.Cancellable alarm(Session current) {
        int arguments = 0;
        for (Command command : pending) {
            arguments += 1 + command.args().size();
        }
        return arguments < MANY_ARGUMENTS ? NO_ALARM : scheduler.schedule(current::abort, limits.answerNanos());
    }

    /** The connection broke: what it has not answered is sent again. One that had been of use before may just have grown old. */
    private void lost(Round round, Session broken, JedisException why) {
        LOG.debug("lost the connection to Redis at {}", broken.node().name(), why);
        pending.forEach(command -> {
            if (!command.isSettled()) {
                command.lost();
            }
        });
        drop();
        if (!broken.everAnswered()) {
            hinder(round, Failures.broken(broken.node().name(), why));
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

    private void drop() {
        Session current = session;
        session = null;
        if (current != null) {
            current.abort();
        }
    }

    private String name() {
        Node current = node();
        return current == null ? placement.name() : current.name();
    }
}
