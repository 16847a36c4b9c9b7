package io.holdfast.redis.wire;

import io.holdfast.LockBackendException;
import io.holdfast.redis.wire.Failure.Cure;
import io.holdfast.spi.Scheduler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What the server of one link publishes to this process: a connection and a thread of its own, from the first time that
 * an address is asked for. It follows the link's connection to other servers, and is made anew when it breaks or falls silent. Thread-safe.
 */
final class Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SUBSCRIBE = "subscribe".getBytes(StandardCharsets.US_ASCII);
    private static final long SHORTEST_PING_NANOS = 250_000_000;

    private final Link link;
    private final Opener opener;
    private final Context context;
    private final byte[] channel;
    private final long pingNanos;
    private final Outage outage = new Outage();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final List<CompletableFuture<Address>> waiting = new ArrayList<>();
    private @Nullable Thread thread;

    private volatile @Nullable Address address;
    private volatile @Nullable Address last;
    private volatile @Nullable Session session;
    private volatile boolean needed;
    private volatile boolean closed;

    Subscription(Link link, Opener opener, Context context) {
        this.link = link;
        this.opener = opener;
        this.context = context;
        this.channel = context.newChannel().getBytes(StandardCharsets.UTF_8);
        this.pingNanos = Math.max(SHORTEST_PING_NANOS, context.limits().attemptNanos());
    }

    /** The address, or null if the server can't reach this process now. */
    @Nullable
    Address current() {
        return address;
    }

    /** Completes with the address when there is one; fails at the deadline. */
    CompletableFuture<Address> await(long deadline) {
        Address current = address;
        if (current != null) {
            return CompletableFuture.completedFuture(current);
        }
        CompletableFuture<Address> future = new CompletableFuture<>();
        lock.lock();
        try {
            waiting.add(future);
            start();
        } finally {
            lock.unlock();
        }
        current = address;
        if (current != null) {
            future.complete(current);
        } else if (closed) {
            giveUp(future, Failures.closed().message());
        } else {
            Scheduler.Cancellable alarm = context.scheduler()
                    .schedule(
                            () -> giveUp(future, excuse()),
                            deadline - context.ticker().read());
            return future.whenComplete((done, failure) -> alarm.cancel());
        }
        return future;
    }

    private void start() {
        needed = true;
        if (closed) {
            return;
        }
        if (thread == null) {
            thread = Threads.daemon("holdfast-redis-news-" + link.name(), this::run);
            thread.start();
        } else {
            LockSupport.unpark(thread);
        }
    }

    private String excuse() {
        Failure why = outage.failure();
        return "no subscription at Redis " + link.name() + " within "
                + context.limits().answerMillis() + " ms" + (why == null ? "" : ": " + why.message());
    }

    private void giveUp(CompletableFuture<Address> future, String message) {
        lock.lock();
        try {
            waiting.removeIf(each -> each == future);
        } finally {
            lock.unlock();
        }
        future.completeExceptionally(LockBackendException.notApplied(message, null));
    }

    /** The link has another connection, perhaps to another server. */
    void follow() {
        Address current = address;
        Session open = session;
        if (current != null && open != null && !current.node().equals(link.node())) {
            open.abort();
        }
    }

    /** Keys have gone to other links; what was to come here for them won't come. */
    void keysLeft(boolean all) {
        Address was = last;
        if (all) {
            needed = false;
            Session open = session;
            if (open != null) {
                open.abort();
            }
        }
        Wire.Listener listener = context.listener().get();
        if (was != null && listener != null) {
            tell(() -> listener.resubscribed(was));
        }
    }

    void close() {
        closed = true;
        Session open = session;
        if (open != null) {
            open.abort();
        }
        LockSupport.unpark(thread());
        giveUpAll(Failures.closed().message());
    }

    /** The thread that reads, if there is one. */
    @Nullable
    Thread thread() {
        lock.lock();
        try {
            return thread;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (!closed) {
            if (!needed) {
                LockSupport.park(this);
                continue;
            }
            try {
                listen();
            } catch (Unreachable e) {
                hinder(e.failure());
            } catch (JedisException e) {
                hinder(Failures.unreachable(link.name(), false, e));
            } catch (RuntimeException e) {
                LOG.warn("listening to Redis failed unexpectedly", e);
                hinder(Failures.unreachable(link.name(), false, e));
            } finally {
                end();
            }
        }
    }

    private void hinder(Failure why) {
        if (closed) {
            return;
        }
        LOG.debug("no subscription: {}", why.message());
        long now = context.ticker().read();
        outage.failed(why, now);
        if (why.cure() == Cure.NONE && why.cause() instanceof JedisDataException) {
            // The server has said what to mend: nobody has to wait to be told.
            giveUpAll("no subscription at Redis " + link.name() + ": " + why.message());
        }
        LockSupport.parkNanos(this, outage.pause(now));
    }

    private void giveUpAll(String message) {
        takeWaiting().forEach(future -> giveUp(future, message));
    }

    private List<CompletableFuture<Address>> takeWaiting() {
        lock.lock();
        try {
            List<CompletableFuture<Address>> all = new ArrayList<>(waiting);
            waiting.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        address = null;
        Session open = session;
        session = null;
        if (open != null) {
            open.abort();
        }
    }

    private void listen() throws Unreachable {
        Node node = server();
        Session open =
                opener.open(HostAndPort.from(node.name()), context.limits().connectNanos());
        session = open;
        if (closed) {
            return;
        }
        open.speakResp2(context.limits().attemptNanos());
        confirm(open.ask(context.limits().attemptNanos(), Protocol.Command.SUBSCRIBE, channel));
        if (node.equals(link.node())) {
            outage.over();
            announce(new Address(channel, node));
            read(open);
        }
    }

    /** The server that the link is connected to; has it connect where it isn't. */
    private Node server() throws Unreachable {
        Node node = link.node();
        // A link that nothing is sent over doesn't notice that its server is gone.
        if (node != null && outage.failure() == null) {
            return node;
        }
        long nanos = context.limits().answerNanos();
        Command probe = Command.probe(context.ticker().read(), nanos);
        link.offer(probe);
        link.wake();
        try {
            return probe.future().get(2 * nanos, TimeUnit.NANOSECONDS).node();
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new Unreachable(new Failure("no connection to Redis " + link.name(), e, true, Cure.RECONNECT));
        }
    }

    private void confirm(@Nullable Object answer) throws Unreachable {
        if (answer instanceof JedisDataException error) {
            throw new Unreachable(Failures.answered(link.name(), "SUBSCRIBE", error));
        }
        if (!(answer instanceof List<?> words && is(words, SUBSCRIBE))) {
            throw new Unreachable(new Failure("Redis did not confirm a subscription", null, true, Cure.RECONNECT));
        }
    }

    private void announce(Address now) {
        boolean again = last != null;
        last = now;
        address = now;
        if (!now.node().equals(link.node())) {
            // The link has moved on meanwhile, and found no address to compare with.
            follow();
        }
        takeWaiting().forEach(future -> future.complete(now));
        Wire.Listener listener = context.listener().get();
        if (again && listener != null) {
            tell(() -> listener.resubscribed(now));
        }
    }

    private void read(Session open) {
        Ping ping = new Ping(open);
        ping.schedule();
        try {
            while (!closed) {
                Object news = open.read(pingNanos + context.limits().attemptNanos());
                if (news instanceof List<?> words && is(words, MESSAGE)) {
                    hear((byte[]) words.get(2));
                }
            }
        } finally {
            ping.stop();
        }
    }

    private void hear(@Nullable Object payload) {
        Wire.Listener listener = context.listener().get();
        Address from = address;
        if (listener != null && from != null && payload instanceof byte[] bytes) {
            tell(() -> listener.message(from, bytes));
        }
    }

    /** What is wrong with a listener is none of the connection's business. */
    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            LOG.warn("a listener to messages from Redis failed", e);
        }
    }

    private static boolean is(List<?> words, byte[] kind) {
        return words.size() == 3 && words.get(0) instanceof byte[] word && Arrays.equals(word, kind);
    }

    /** Has the server say something now and then, so that its silence is noticed. */
    private final class Ping {
        private final Session open;
        private volatile boolean stopped;
        private volatile Scheduler.@Nullable Cancellable next;

        Ping(Session open) {
            this.open = open;
        }

        void schedule() {
            next = context.scheduler().schedule(this::send, pingNanos);
        }

        private void send() {
            if (stopped || open.isBroken()) {
                return;
            }
            try {
                open.write(Protocol.Command.PING);
                open.flush();
                schedule();
            } catch (JedisException e) {
                // The reader finds out too.
                LOG.debug("no ping to Redis at {}", open.node().name(), e);
            }
        }

        void stop() {
            stopped = true;
            Scheduler.Cancellable waiting = next;
            if (waiting != null) {
                waiting.cancel();
            }
        }
    }
}
