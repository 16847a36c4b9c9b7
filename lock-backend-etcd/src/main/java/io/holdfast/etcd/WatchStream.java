package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.WatchCancelRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.holdfast.spi.Scheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All watches of this process over one stream, each from 'now'. When the stream ends, or etcd cancels a watch, it is made
 * anew, again from 'now', until it is closed. The stream lives as long as there is something to watch. Thread-safe.
 */
final class WatchStream {
    private static final Logger LOG = LoggerFactory.getLogger(WatchStream.class);
    private static final long FIRST_PAUSE = 20_000_000;
    private static final long LONGEST_PAUSE = 1_000_000_000;

    private final Channel channel;
    private final CallOptions options;
    private final Scheduler scheduler;
    private final Reconnecting reconnecting;
    private final Runnable onRefusedToken;
    private final long timeoutNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Entry> entries = new ArrayList<>();
    private @Nullable Stream stream;
    private long pause = FIRST_PAUSE;
    private boolean closed;

    /**
     * Prepares the stream.
     *
     * @param reconnecting pauses before another try
     * @param onRefusedToken called when etcd wants another token
     * @param timeoutNanos how long etcd may take to confirm a watch
     */
    WatchStream(
            Channel channel,
            CallOptions options,
            Scheduler scheduler,
            Reconnecting reconnecting,
            Runnable onRefusedToken,
            long timeoutNanos) {
        this.channel = channel;
        this.options = options;
        this.scheduler = scheduler;
        this.reconnecting = reconnecting;
        this.onRefusedToken = onRefusedToken;
        this.timeoutNanos = timeoutNanos;
    }

    Wire.Watching watch(ByteString queue, Wire.WatchListener listener) {
        Entry entry = new Entry(queue, listener);
        lock.lock();
        try {
            if (!closed) {
                entries.add(entry);
                if (stream == null) {
                    open();
                } else {
                    stream.create(entry);
                }
            }
        } finally {
            lock.unlock();
        }
        return entry;
    }

    /** Called under the lock. */
    private void open() {
        Stream fresh = new Stream();
        stream = fresh;
        ClientCalls.asyncBidiStreamingCall(channel.newCall(WatchGrpc.getWatchMethod(), options), fresh);
        entries.forEach(fresh::create);
    }

    private void openAgain() {
        lock.lock();
        try {
            if (!closed && stream == null && !entries.isEmpty()) {
                open();
            }
        } finally {
            lock.unlock();
        }
    }

    void close() {
        Stream last;
        lock.lock();
        try {
            closed = true;
            entries.clear();
            last = stream;
            stream = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.cancel("closed");
        }
    }

    /** One watch; calls its listener under no lock. */
    private final class Entry implements Wire.Watching {
        private final ByteString queue;
        private final Wire.WatchListener listener;

        Entry(ByteString queue, Wire.WatchListener listener) {
            this.queue = queue;
            this.listener = listener;
        }

        @Override
        public void close() {
            Stream idle = null;
            lock.lock();
            try {
                entries.remove(this);
                if (stream != null) {
                    stream.remove(this);
                    if (entries.isEmpty()) {
                        idle = stream;
                        stream = null;
                    }
                }
            } finally {
                lock.unlock();
            }
            if (idle != null) {
                idle.cancel("nothing is watched");
            }
        }
    }

    private final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {
        /** Etcd confirms watches in the order in which they were asked for. */
        private final ArrayDeque<Entry> asked = new ArrayDeque<>();

        private final Map<Long, Entry> running = new HashMap<>();
        private @Nullable ClientCallStreamObserver<WatchRequest> requests;

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> call) {
            this.requests = call;
        }

        /** Called under the lock. */
        void create(Entry entry) {
            asked.add(entry);
            write(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(entry.queue)
                            .setRangeEnd(Keys.end(entry.queue))
                            .addFilters(WatchCreateRequest.FilterType.NOPUT))
                    .build());
            scheduler.schedule(() -> giveUpUnless(entry), timeoutNanos);
        }

        private void giveUpUnless(Entry entry) {
            boolean silent;
            lock.lock();
            try {
                silent = stream == this && asked.contains(entry);
            } finally {
                lock.unlock();
            }
            if (silent) {
                end(Status.DEADLINE_EXCEEDED
                        .withDescription("a watch was not confirmed")
                        .asRuntimeException());
                cancel("silent");
            }
        }

        /** Called under the lock. */
        void remove(Entry entry) {
            running.entrySet().removeIf(watch -> {
                if (watch.getValue() != entry) {
                    return false;
                }
                cancelWatch(watch.getKey());
                return true;
            });
        }

        /** Called under the lock. */
        private void cancelWatch(long id) {
            write(WatchRequest.newBuilder()
                    .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
                    .build());
        }

        private void write(WatchRequest request) {
            if (requests != null) {
                requests.onNext(request);
            }
        }

        @Override
        public void onNext(WatchResponse response) {
            if (response.getCanceled()) {
                canceled(response);
            } else if (response.getCreated()) {
                created(response);
            } else if (response.getEventsCount() > 0) {
                Entry entry = running(response.getWatchId());
                if (entry != null) {
                    entry.listener.events(response.getEventsList());
                }
            }
        }

        private @Nullable Entry running(long id) {
            lock.lock();
            try {
                // What a stream brings that has been given up is older than what its successor has brought.
                return stream == this ? running.get(id) : null;
            } finally {
                lock.unlock();
            }
        }

        private void created(WatchResponse response) {
            Entry entry;
            lock.lock();
            try {
                pause = FIRST_PAUSE;
                entry = asked.poll();
                if (entry == null || stream != this) {
                    return;
                }
                if (!entries.contains(entry)) {
                    cancelWatch(response.getWatchId());
                    return;
                }
                running.put(response.getWatchId(), entry);
            } finally {
                lock.unlock();
            }
            entry.listener.created();
        }

        /** By compaction, a lost permission, an expired token: all of which a watch from 'now' may get over. */
        private void canceled(WatchResponse response) {
            Entry entry;
            long wait;
            lock.lock();
            try {
                entry = response.getCreated() ? asked.poll() : running.remove(response.getWatchId());
                if (entry == null || !entries.contains(entry)) {
                    return;
                }
                wait = nextPause();
            } finally {
                lock.unlock();
            }
            LOG.debug("etcd has cancelled a watch: {}", response.getCancelReason());
            if (response.getCancelReason().contains("permission denied")
                    || response.getCancelReason().contains("invalid auth token")) {
                // The call that made the stream brought a token which is too old for this.
                onRefusedToken.run();
                end(Status.UNAUTHENTICATED
                        .withDescription(response.getCancelReason())
                        .asRuntimeException());
                cancel("refused");
                return;
            }
            scheduler.schedule(() -> createAgain(entry), wait);
        }

        private void createAgain(Entry entry) {
            lock.lock();
            try {
                if (stream == this && entries.contains(entry)) {
                    create(entry);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onError(Throwable failure) {
            end(failure);
        }

        @Override
        public void onCompleted() {
            end(Status.UNAVAILABLE.asRuntimeException());
        }

        private void end(Throwable failure) {
            long wait;
            lock.lock();
            try {
                if (stream != this) {
                    return;
                }
                stream = null;
                wait = nextPause();
            } finally {
                lock.unlock();
            }
            LOG.debug("the stream of watches has ended, and begins again", failure);
            if (Failures.isTokenExpired(failure)) {
                onRefusedToken.run();
            }
            CompletableFuture<?> unused = reconnecting.pause(wait).thenRun(WatchStream.this::openAgain);
        }

        void cancel(String reason) {
            ClientCallStreamObserver<WatchRequest> call = requests;
            if (call != null) {
                call.cancel(reason, null);
            }
        }
    }

    /** Called under the lock. */
    private long nextPause() {
        long wait = pause;
        pause = Math.min(pause * 2, LONGEST_PAUSE);
        return wait;
    }
}
