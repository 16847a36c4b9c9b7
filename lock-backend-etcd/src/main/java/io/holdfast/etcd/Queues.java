package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The queues in which tickets of this process wait, each watched once. Thread-safe. */
final class Queues {
    private final ConcurrentHashMap<ByteString, QueueView> views = new ConcurrentHashMap<>();
    private final Store store;
    private volatile boolean closed;

    Queues(Store store) {
        this.store = store;
    }

    /**
     * Has somebody told when a ticket's turn has come, and when it has gone.
     *
     * @param reading what is known of the queue since the ticket came into it, or later
     */
    void join(ByteString queue, Ticket ticket, Reading reading, Listener listener) {
        while (!views.computeIfAbsent(queue, key -> new QueueView(store, key, this::remove))
                .join(ticket, reading, listener)) {
            // That view was about to close; the next one isn't.
        }
        if (closed) {
            close();
        }
    }

    void leave(ByteString queue, Ticket ticket) {
        QueueView view = views.get(queue);
        if (view != null) {
            view.leave(ticket);
        }
    }

    private void remove(QueueView view) {
        views.remove(view.queue(), view);
    }

    int size() {
        return views.size();
    }

    void close() {
        closed = true;
        Consumer<QueueView> close = QueueView::close;
        views.values().forEach(close);
    }

    /** Is told what becomes of a ticket; may be told twice. Doesn't block. */
    interface Listener {
        /** No other ticket is before this one. */
        void turn();

        /** The ticket isn't there any more. */
        void gone();
    }
}
