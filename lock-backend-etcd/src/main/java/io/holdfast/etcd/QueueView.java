package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnResponse;
import io.holdfast.spi.Scheduler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tickets of one resource as a watch shows them, for those of this process that wait: one watch whatever their number.
 *
 * <p>A watch begins at 'now', since one that begins at a revision of the past is served late; when it is confirmed, the queue is
 * read once, and so it is after every interruption. Events that the reading has overtaken are known by their revision. In
 * case the server loses an event, the queue is read again from time to time.
 *
 * <p>A turn is certain if the ticket was there when the queue was read last. Then those before it are known, all of them;
 * none comes in before it later; and each was seen to go. No lost event can make a ticket the first too early, only too late.
 *
 * <p>Thread-safe.
 */
final class QueueView {
    private static final Logger LOG = LoggerFactory.getLogger(QueueView.class);
    /** The backstop against lost events: rare enough not to count, often enough to help. */
    private static final long READ_AGAIN_NANOS = 10_000_000_000L;
    /** A resource that was waited for is waited for again soon. */
    private static final long LINGER_NANOS = 2_000_000_000L;
    /** If so many wait here, to read the queue costs etcd less than to look, at the turn of each, who is before it. */
    private static final int MANY = 4;

    private final Store store;
    private final ByteString queue;
    private final Consumer<QueueView> onClose;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ByteString, Waiter> waiting = new HashMap<>();
    private final TreeSet<Entry> entries = new TreeSet<>(Comparator.comparingLong(Entry::token)
            .thenComparing(Entry::key, ByteString.unsignedLexicographicalComparator()));
    private final Map<ByteString, Entry> byKey = new HashMap<>();
    private final Wire.Watching watching;
    private Scheduler.@Nullable Cancellable timer;
    /** Events that came before the first reading after the watch was made. */
    private final List<Event> early = new ArrayList<>();

    private final AtomicLong watchesMade = new AtomicLong();
    private long revision;
    /** As of which revision the queue was read last. */
    private long readAt;

    /** Whether the queue is being read for those who come after a turn that wasn't certain. */
    private boolean readingAhead;

    private boolean live;
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

    /** False if this is closed. */
    boolean join(Ticket ticket, Queues.Listener listener) {
        List<Runnable> news;
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            Waiter waiter = new Waiter(ticket, listener);
            waiting.put(ticket.key(), waiter);
            news = new ArrayList<>(1);
            if (live) {
                addNews(waiter, news);
            }
        } finally {
            lock.unlock();
        }
        news.forEach(Runnable::run);
        return true;
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
        long epoch = watchesMade.get();
        CompletableFuture<?> unused = store.read("reading a queue", Txns.read(Txns.all(queue)), store.deadline())
                .whenComplete((response, failure) -> {
                    if (failure == null) {
                        replace(response, epoch);
                    } else {
                        LOG.debug("a queue could not be read yet", failure);
                        readLater();
                    }
                });
    }

    private void readLater() {
        lock.lock();
        try {
            readingAhead = false;
            if (!waiting.isEmpty()) {
                setTimer(store.answerNanos() / 4);
            }
        } finally {
            lock.unlock();
        }
    }

    private void replace(TxnResponse response, long epoch) {
        List<Runnable> news;
        lock.lock();
        try {
            readingAhead = false;
            long read = response.getHeader().getRevision();
            // A reading from before the present watch misses what happened in between.
            if (closed || epoch != watchesMade.get() || (live && read < revision)) {
                return;
            }
            entries.clear();
            byKey.clear();
            for (KeyValue found : Txns.range(response, 0).getKvsList()) {
                add(found);
            }
            revision = read;
            readAt = read;
            live = true;
            applyNewer(early);
            early.clear();
            news = new ArrayList<>();
            for (Waiter waiter : waiting.values()) {
                addNews(waiter, news);
            }
        } finally {
            lock.unlock();
        }
        news.forEach(Runnable::run);
    }

    /** Called under the lock. */
    private void add(KeyValue found) {
        Entry entry = new Entry(found.getCreateRevision(), found.getKey());
        Entry before = byKey.put(found.getKey(), entry);
        if (before != null) {
            entries.remove(before);
        }
        entries.add(entry);
    }

    private void apply(List<Event> events) {
        List<Runnable> news = new ArrayList<>(1);
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (!live) {
                // The reading is under way, and may have been carried out before this.
                early.addAll(events);
                return;
            }
            applyNewer(events);
            for (Event event : events) {
                addNews(waiting.get(event.getKv().getKey()), news);
            }
            if (!entries.isEmpty()) {
                addNews(waiting.get(entries.first().key), news);
            }
        } finally {
            lock.unlock();
        }
        news.forEach(Runnable::run);
    }

    /**
     * Applies events that the reading hasn't overtaken. They tell themselves how far this has come: what the answer says that
     * brings them may be further, if etcd sends what a slow watch has missed in several answers.
     */
    private void applyNewer(List<Event> events) {
        long newest = revision;
        for (Event event : events) {
            long at = event.getKv().getModRevision();
            if (at > revision) {
                apply(event);
                newest = Math.max(newest, at);
            }
        }
        revision = newest;
    }

    private void apply(Event event) {
        KeyValue changed = event.getKv();
        if (event.getType() == Event.EventType.PUT) {
            add(changed);
            return;
        }
        Entry gone = byKey.remove(changed.getKey());
        if (gone != null) {
            entries.remove(gone);
        }
    }

    /** Adds what there is to tell somebody who waits. Called under the lock. */
    private void addNews(@Nullable Waiter waiter, List<Runnable> news) {
        if (waiter == null) {
            return;
        }
        Entry entry = byKey.get(waiter.ticket.key());
        boolean there = entry != null && entry.token == waiter.ticket.token();
        if (there && entries.first().equals(entry)) {
            boolean certain = waiter.ticket.token() <= readAt;
            news.add(() -> waiter.listener.turn(certain));
            if (!certain && waiting.size() >= MANY && !readingAhead) {
                readingAhead = true;
                news.add(this::read);
            }
        } else if (!there && revision >= waiter.ticket.token()) {
            news.add(waiter.listener::gone);
        }
    }

    private record Waiter(Ticket ticket, Queues.Listener listener) {}

    private record Entry(long token, ByteString key) {}

    private final class Watch implements Wire.WatchListener {
        @Override
        public void created() {
            lock.lock();
            try {
                // What happened while there was no watch is missing.
                live = false;
                early.clear();
                watchesMade.incrementAndGet();
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
