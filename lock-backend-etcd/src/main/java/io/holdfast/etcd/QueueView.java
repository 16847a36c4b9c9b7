package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.holdfast.spi.Scheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of one resource as a watch shows it, for those of this process that wait: one watch whatever their number.
 *
 * <p>The watch tells which tickets have gone, and nothing of those that come: each that comes from this process brings a reading of
 * the queue, and those that come later from others are behind it. What the readings leave open, as they do of long queues, is read when it may soon matter.
 *
 * <p>A watch begins at 'now', since one that begins at a revision of the past is served late; when it is confirmed, the queue is
 * read once, and so it is after every interruption. In case the server loses an event, the queue is read again from time to time. No
 * lost event can make a ticket the first too early, only too late.
 *
 * <p>Thread-safe.
 */
final class QueueView {
    private static final Logger LOG = LoggerFactory.getLogger(QueueView.class);
    /** The backstop against lost events: rare enough not to count, often enough to help. */
    private static final long READ_AGAIN_NANOS = 10_000_000_000L;
    /** A resource that was waited for is waited for again soon. */
    private static final long LINGER_NANOS = 2_000_000_000L;
    /** When so few are known to be before those of whom nothing is known, it is time to read the queue. */
    private static final int FEW = 4;

    private final Store store;
    private final ByteString queue;
    private final Consumer<QueueView> onClose;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ByteString, Waiter> waiting = new HashMap<>();
    private final KnownQueue known = new KnownQueue();
    private final Wire.Watching watching;
    private Scheduler.@Nullable Cancellable timer;
    private long watchesMade;
    /** The newest reading that somebody brought while the watch's own was under way. */
    private Reading brought = Reading.NONE;
    /** The newest ticket that has come to wait here. */
    private long newest;

    private boolean isBeingRead;
    private boolean closed;

    QueueView(Store store, ByteString queue, Consumer<QueueView> onClose) {
        this.store = store;
        this.queue = queue;
        this.onClose = onClose;
        this.watching = store.wire().watch(queue, new Watch());
        this.timer = store.scheduler().schedule(this::tick, READ_AGAIN_NANOS);
    }

    ByteString queue() {
        return queue;
    }

    /**
     * Has somebody told what becomes of a ticket.
     *
     * @param reading what is known of the queue since the ticket came into it, or later
     * @return false if this is closed
     */
    boolean join(Ticket ticket, Reading reading, Queues.Listener listener) {
        List<Runnable> news = new ArrayList<>(1);
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            Waiter waiter = new Waiter(ticket, listener);
            waiting.put(ticket.key(), waiter);
            newest = Math.max(newest, ticket.token());
            if (isLive()) {
                known.learn(reading);
                addNews(waiter, news);
                addNewsOfFirst(news);
            } else {
                brought = reading.isComplete() && reading.revision() > brought.revision() ? reading : brought;
                addReading(news);
            }
        } finally {
            lock.unlock();
        }
        news.forEach(Runnable::run);
        return true;
    }

    /** Whether what ends is seen, and the queue has been read since. Called under the lock. */
    private boolean isLive() {
        return known.upTo() > 0;
    }

    void leave(Ticket ticket) {
        lock.lock();
        try {
            Waiter waiter = waiting.get(ticket.key());
            if (waiter != null && waiter.ticket == ticket) {
                waiting.remove(ticket.key());
            }
            if (waiting.isEmpty()) {
                setTimer(LINGER_NANOS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Called under the lock. */
    private void setTimer(long nanos) {
        if (timer != null) {
            timer.cancel();
        }
        timer = closed ? null : store.scheduler().schedule(this::tick, nanos);
    }

    private void tick() {
        boolean idle;
        lock.lock();
        try {
            idle = waiting.isEmpty();
            if (!idle) {
                setTimer(READ_AGAIN_NANOS);
                isBeingRead = true;
            }
        } finally {
            lock.unlock();
        }
        if (idle) {
            closeIfIdle();
        } else {
            read();
        }
    }

    private void closeIfIdle() {
        lock.lock();
        try {
            if (!waiting.isEmpty()) {
                setTimer(READ_AGAIN_NANOS);
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        end();
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            setTimer(0);
        } finally {
            lock.unlock();
        }
        end();
    }

    private void end() {
        watching.close();
        onClose.accept(this);
    }

    private void read() {
        long epoch;
        long wanted;
        lock.lock();
        try {
            epoch = watchesMade;
            wanted = newest;
        } finally {
            lock.unlock();
        }
        CompletableFuture<?> unused = store.read("reading a queue", Txns.read(Txns.all(queue)), store.deadline())
                .whenComplete((response, failure) -> {
                    if (failure == null) {
                        learn(Reading.of(response, 0), epoch, wanted);
                    } else {
                        LOG.debug("a queue could not be read yet", failure);
                        readLater(epoch);
                    }
                });
    }

    private void readLater(long epoch) {
        lock.lock();
        try {
            if (epoch == watchesMade) {
                isBeingRead = false;
            }
            if (!waiting.isEmpty()) {
                setTimer(store.answerNanos() / 4);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes note of the queue's reading that was begun when a ticket was the newest here. */
    private void learn(Reading reading, long epoch, long wanted) {
        List<Runnable> news = new ArrayList<>();
        lock.lock();
        try {
            // A reading from before the present watch misses what happened in between.
            if (closed || epoch != watchesMade) {
                return;
            }
            isBeingRead = false;
            boolean counts = known.learn(reading) || reading.revision() <= known.upTo();
            if (counts && newest == wanted) {
                // It shows all who have come to wait here, or they have gone: also in a store
                // that has lost its data, whose revisions are smaller than before.
                newest = 0;
            }
            if (isLive()) {
                known.learn(brought);
                brought = Reading.NONE;
                for (Waiter waiter : waiting.values()) {
                    addNews(waiter, news);
                }
            }
            addReading(news);
        } finally {
            lock.unlock();
        }
        news.forEach(Runnable::run);
    }

    private void apply(List<Event> events) {
        List<Runnable> news = new ArrayList<>(1);
        lock.lock();
        try {
            if (closed) {
                return;
            }
            for (Event event : events) {
                if (event.getType() == Event.EventType.DELETE) {
                    known.end(event.getKv().getKey(), event.getKv().getModRevision());
                }
            }
            if (isLive()) {
                for (Event event : events) {
                    addNews(waiting.get(event.getKv().getKey()), news);
                }
                addNewsOfFirst(news);
            }
        } finally {
            lock.unlock();
        }
        news.forEach(Runnable::run);
    }

    /** Called under the lock, when others may have gone. */
    private void addNewsOfFirst(List<Runnable> news) {
        known.first().ifPresent(key -> addNews(waiting.get(key), news));
        addReading(news);
    }

    /** Has the queue read if somebody's turn may come soon of whom nothing is known. Called under the lock. */
    private void addReading(List<Runnable> news) {
        boolean wanted =
                isLive() ? !waiting.isEmpty() && newest > known.upTo() && known.size() <= FEW : watchesMade > 0;
        if (wanted && !isBeingRead) {
            isBeingRead = true;
            news.add(this::read);
        }
    }

    /** Adds what there is to tell somebody who waits. Called under the lock. */
    private void addNews(@Nullable Waiter waiter, List<Runnable> news) {
        if (waiter == null) {
            return;
        }
        ByteString key = waiter.ticket.key();
        long token = waiter.ticket.token();
        if (known.hasEnded(key, token)) {
            news.add(waiter.listener::gone);
        } else if (known.contains(key, token)
                && known.first().filter(key::equals).isPresent()) {
            news.add(waiter.listener::turn);
        }
    }

    private record Waiter(Ticket ticket, Queues.Listener listener) {}

    private final class Watch implements Wire.WatchListener {
        @Override
        public void created() {
            lock.lock();
            try {
                known.forget();
                brought = Reading.NONE;
                isBeingRead = true;
                watchesMade++;
            } finally {
                lock.unlock();
            }
            read();
        }

        @Override
        public void events(List<Event> events) {
            apply(events);
        }
    }
}
