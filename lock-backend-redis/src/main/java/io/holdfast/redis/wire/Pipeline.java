package io.holdfast.redis.wire;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The exchanges that are under way on one connection, in order: the next ones are sent while the answers to the first are
 * awaited, so that neither the server nor the way to it lies idle. Any thread sends; the thread that has the link's role
 * receives, and shuts it as soon as a command has to be sent again: then what is under way comes to its end before anything else is sent.
 *
 * <p>Commands leave the queue in order, under a lock, and are sent in that order.
 */
final class Pipeline {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    /** How many commands go into one exchange. */
    private static final int COMMANDS = 512;

    /** How many exchanges are under way at a time to a server nearby. With more of them, there is less in each, and both sides do more work for it. */
    private static final int EXCHANGES_NEARBY = 4;

    /** The same for one that is far away: what isn't sent at once waits for the next answer, which takes long to come. */
    private static final int EXCHANGES_FAR_AWAY = 32;

    /** Who ever answered faster is nearby. */
    private static final long NEARBY_NANOS = 100_000;

    /** Only more than so many bytes can fill a socket's buffers, so that writing has to wait for the server. */
    private static final int MANY_BYTES = 16_384;

    /** How large Jedis makes its buffer for writing. */
    private static final int JEDIS_BUFFER =
            Integer.getInteger("jedis.bufferSize.output", Integer.getInteger("jedis.bufferSize", 8_192));

    /**
     * How much is sent ahead. It fits into Jedis's buffer: when writing to the socket fails, Jedis reads from it what the server may have
     * said last, which must not happen while another thread reads. Flushing doesn't do that.
     */
    private static final int BYTES_AHEAD = Math.min(4_096, JEDIS_BUFFER);

    /** How long the thread with the role waits for another that is sending, before it tells those whose time is over. */
    static final long A_MOMENT_NANOS = 1_000_000;

    private final Session session;
    private final Limits limits;
    private final Ticker ticker;
    private final Scheduler scheduler;

    private final ReentrantLock sending = new ReentrantLock();
    private final ConcurrentLinkedQueue<Exchange> underWay = new ConcurrentLinkedQueue<>();
    private final AtomicInteger exchanges = new AtomicInteger();
    private final AtomicInteger bytes = new AtomicInteger();

    /** Whether somebody left something in the queue because another thread was sending, which may not have seen it. */
    private volatile boolean missed;

    /** Who sends ahead. Written under {@link #sending}. */
    private volatile @Nullable Thread sender;

    /** What is off the queue and not under way yet. Written under {@link #sending}. */
    private volatile @Nullable Exchange beingSent;

    /** Set with the role. Who sends asks for it after having entered {@link #sending}. */
    private volatile boolean shut;

    /** The shortest time that an answer has taken. Written with the role. */
    private volatile long fastestNanos = Long.MAX_VALUE;

    /** Belongs to the thread that has the role. */
    private final Setbacks setbacks = new Setbacks();

    Pipeline(Session session, Context context) {
        this.session = session;
        this.limits = context.limits();
        this.ticker = context.ticker();
        this.scheduler = context.scheduler();
    }

    Setbacks setbacks() {
        return setbacks;
    }

    boolean isShut() {
        return shut;
    }

    boolean isIdle() {
        return underWay.isEmpty();
    }

    int exchanges() {
        return exchanges.get();
    }

    /** A command under way of which nobody has been told yet, the first of these, or null. */
    @Nullable
    Command next() {
        for (Exchange exchange : underWay) {
            for (Command command : exchange.commands()) {
                if (!command.isDone()) {
                    return command;
                }
            }
        }
        return null;
    }

    /**
     * Sends what is queued, if another thread is about to receive; or leaves it to another that sends already, and looks at the
     * queue again afterwards.
     *
     * @param justMade the command that this thread has made a moment ago, or null
     */
    void sendAhead(Queue<Command> queue, @Nullable Command justMade) {
        // A server that has to wait for replicas has enough to wait for.
        while (limits.durability() == null && !queue.isEmpty() && enterOrBeMissed()) {
            sender = Thread.currentThread();
            try {
                if (shut || !send(queue, true, justMade, null)) {
                    return;
                }
            } finally {
                sender = null;
                sending.unlock();
            }
        }
    }

    private boolean enterOrBeMissed() {
        if (sending.tryLock()) {
            return true;
        }
        missed = true;
        // Whoever was sending may have asked for that before.
        return sending.tryLock();
    }

    /** Called with the role, after having sent: what came meanwhile is not to wait for answers. */
    private void sendMissed(Queue<Command> queue) {
        if (missed) {
            missed = false;
            sendAhead(queue, null);
        }
    }

    /**
     * Sends what is queued, unless enough is under way or another thread is sending. Called with the role.
     *
     * @param justMade the command that this thread has made a moment ago, or null
     * @param onExpired gets what is too late to be sent
     * @return false if there is nothing to do but to wait for another thread, which takes long to send
     */
    boolean send(Queue<Command> queue, @Nullable Command justMade, Consumer<Command> onExpired) {
        boolean isIdle = isIdle();
        // Another thread may be about to send what has left the queue already: there is nothing else to wait for then.
        if (shut || (queue.isEmpty() && !(isIdle && sending.isLocked()))) {
            return true;
        }
        // Whoever is sending looks at the queue again, and meanwhile there are answers to be read; what it may not send
        // waits for these.
        if (isIdle ? enter() : sending.tryLock()) {
            try {
                send(queue, false, justMade, onExpired);
            } finally {
                sending.unlock();
            }
            sendMissed(queue);
            return true;
        }
        return !isIdle;
    }

    /** The thread that is sending ahead, or null. */
    @Nullable
    Thread sender() {
        return sender;
    }

    /** What has left the queue and has not been received. Called with the role. */
    List<Command> taken() {
        List<Command> taken = new ArrayList<>();
        underWay.forEach(exchange -> taken.addAll(exchange.commands()));
        Exchange last = beingSent;
        if (last != null) {
            taken.addAll(last.commands());
        }
        return taken;
    }

    /** Whether this thread may send. Not if another does, and takes longer than a moment: it may have been paused. */
    private boolean enter() {
        try {
            return sending.tryLock(A_MOMENT_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Sends the first exchange. Called with the role. */
    void begin(List<Command> commands, long now) {
        sending.lock();
        try {
            send(exchange(commands), now);
        } finally {
            sending.unlock();
        }
    }

    private Exchange exchange(List<Command> commands) {
        return new Exchange(session, commands, setbacks, limits, ticker);
    }

    private boolean isNearby() {
        return fastestNanos < NEARBY_NANOS;
    }

    /** Called with the lock; false if nothing was sent. */
    private boolean send(
            Queue<Command> queue, boolean isAhead, @Nullable Command justMade, @Nullable Consumer<Command> onExpired) {
        if (exchanges.get() >= (isNearby() ? EXCHANGES_NEARBY : EXCHANGES_FAR_AWAY)) {
            return false;
        }
        Command first = queue.peek();
        boolean lone = first != null && first == justMade;
        // Reading the time costs more than all else here, and a moment ago is as good.
        long now = lone ? first.madeAt() : ticker.read();
        List<Command> commands = new ArrayList<>();
        Exchange exchange = exchange(commands);
        boolean taken = false;
        try {
            take(queue, commands, isAhead, now, onExpired);
            taken = true;
        } finally {
            if (!taken && !commands.isEmpty()) {
                // Not to be forgotten: whoever receives finds the connection broken, and sends them again.
                session.abort();
                add(exchange);
            }
        }
        if (commands.isEmpty()) {
            return false;
        }
        send(exchange, lone && commands.size() > 1 ? ticker.read() : now);
        return true;
    }

    /** Moves commands from the queue, as long as they may be sent: none that is too late, unless somebody takes it. */
    private void take(
            Queue<Command> queue,
            List<Command> taken,
            boolean isAhead,
            long now,
            @Nullable Consumer<Command> onExpired) {
        int left = isAhead ? Math.min(BYTES_AHEAD, MANY_BYTES - bytes.get()) : Integer.MAX_VALUE;
        for (Command command = queue.peek(); command != null && taken.size() < COMMANDS; command = queue.peek()) {
            if (!command.isDone()) {
                if (command.deadline() - now <= 0) {
                    if (onExpired == null) {
                        return;
                    }
                    onExpired.accept(command);
                } else {
                    left -= isAhead ? session.sizeOf(command) : 0;
                    if (left < 0) {
                        return;
                    }
                    taken.add(command);
                }
            }
            queue.poll();
        }
    }

    private void send(Exchange exchange, long now) {
        beingSent = exchange;
        boolean sent = false;
        Scheduler.Cancellable alarm = () -> {};
        try {
            // A read ends by itself, but a write that fills the socket's buffers waits for the server without limit.
            if (bytes.get() + exchange.size() > MANY_BYTES) {
                alarm = scheduler.schedule(session::abort, limits.answerNanos());
            }
            exchange.send(now);
            sent = true;
        } catch (JedisException broken) {
            LOG.debug("sending to Redis at {} failed", session.node().name(), broken);
        } finally {
            if (!sent) {
                // Whoever receives finds out, and sends again what has no answer.
                session.abort();
            }
            add(exchange);
            alarm.cancel();
        }
    }

    private void add(Exchange exchange) {
        exchanges.incrementAndGet();
        bytes.addAndGet(exchange.size());
        underWay.add(exchange);
        beingSent = null;
    }

    /**
     * Reads the answers to the first exchange. Called with the role.
     *
     * @param settled gets the commands that are settled and whose futures the caller has to complete
     * @param queue what to send next, as soon as the server comes to the end of this
     * @throws redis.clients.jedis.exceptions.JedisConnectionException if the connection breaks or the server falls silent
     */
    void receive(List<Command> settled, Queue<Command> queue) {
        Exchange first = underWay.element();
        first.receive(ticker.read(), settled, nanos -> {
            if (nanos < fastestNanos) {
                fastestNanos = nanos;
            }
            // The server has read it, and mostly carried out the rest.
            exchanges.decrementAndGet();
            bytes.addAndGet(-first.size());
            if (!isNearby() && limits.durability() == null && sending.tryLock()) {
                try {
                    if (!shut) {
                        send(queue, false, null, null);
                    }
                } finally {
                    sending.unlock();
                }
                sendMissed(queue);
            }
        });
        underWay.remove();
        if (!setbacks.isEmpty()) {
            shut = true;
        }
    }

    /**
     * Has nothing more sent. Called with the role.
     *
     * @return whether that is so already; if not, another thread takes long to send something, and this is to be called again
     */
    boolean shut() {
        shut = true;
        if (!enter()) {
            return false;
        }
        sending.unlock();
        return true;
    }

    /**
     * Ends it, and gives what is to be sent again over another connection, in order. Called with the role, on a connection that is broken,
     * when nothing more {@link #shut is sent}.
     */
    Collection<Command> abandon() {
        for (Exchange exchange : underWay) {
            exchange.commands().stream().filter(command -> !command.isSettled()).forEach(setbacks::leaveLast);
        }
        underWay.clear();
        setbacks.forgetAsked();
        return setbacks.left();
    }
}
