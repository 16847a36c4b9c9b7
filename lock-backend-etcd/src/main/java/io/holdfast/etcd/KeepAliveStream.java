package io.holdfast.etcd;

import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keep-alives over one stream: one message each way for each. Etcd answers them in their order. A stream that fails, or leaves
 * one unanswered for too long, takes all that are under way with it; the next keep-alive opens another. Thread-safe.
 */
final class KeepAliveStream {
    private final Channel channel;
    private final CallOptions options;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final long timeoutNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Stream stream;
    private boolean closed;

    KeepAliveStream(Channel channel, CallOptions options, Ticker ticker, Scheduler scheduler, long timeoutNanos) {
        this.channel = channel;
        this.options = options;
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.timeoutNanos = timeoutNanos;
    }

    CompletableFuture<Wire.Beat> send(long lease) {
        Pending pending = new Pending(lease, ticker.read(), new CompletableFuture<>());
        Stream used;
        Throwable refused;
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(GrpcWire.closedException());
            }
            used = stream;
            if (used == null) {
                used = new Stream();
                stream = used;
                ClientCalls.asyncBidiStreamingCall(channel.newCall(LeaseGrpc.getLeaseKeepAliveMethod(), options), used);
            }
            refused = used.write(pending);
        } finally {
            lock.unlock();
        }
        if (refused != null) {
            pending.answer.completeExceptionally(refused);
        }
        return pending.answer;
    }

    void close() {
        Stream last;
        lock.lock();
        try {
            closed = true;
            last = stream;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.cancel(GrpcWire.closedException());
        }
    }

    private record Pending(long lease, long sentAt, CompletableFuture<Wire.Beat> answer) {}

    private final class Stream implements ClientResponseObserver<LeaseKeepAliveRequest, LeaseKeepAliveResponse> {
        private final ArrayDeque<Pending> pending = new ArrayDeque<>();
        private @Nullable ClientCallStreamObserver<LeaseKeepAliveRequest> requests;
        private boolean watched;
        private @Nullable Throwable ended;

        @Override
        public void beforeStart(ClientCallStreamObserver<LeaseKeepAliveRequest> stream) {
            this.requests = stream;
        }

        /** Called under the lock. Gives why the stream has ended, which it may do while it is being opened. */
        @Nullable
        Throwable write(Pending beat) {
            if (ended != null) {
                return ended;
            }
            pending.add(beat);
            if (requests != null) {
                requests.onNext(
                        LeaseKeepAliveRequest.newBuilder().setID(beat.lease).build());
            }
            if (!watched) {
                watched = true;
                scheduler.schedule(this::check, timeoutNanos);
            }
            return null;
        }

        /** Runs as long as anything is under way: one task for all. */
        private void check() {
            long oldest;
            lock.lock();
            try {
                Pending head = pending.peek();
                watched = head != null;
                if (head == null) {
                    return;
                }
                oldest = ticker.read() - head.sentAt;
                if (oldest < timeoutNanos) {
                    scheduler.schedule(this::check, timeoutNanos - oldest);
                    return;
                }
            } finally {
                lock.unlock();
            }
            cancel(Status.DEADLINE_EXCEEDED
                    .withDescription("a keep-alive was not answered")
                    .asRuntimeException());
        }

        @Override
        public void onNext(LeaseKeepAliveResponse response) {
            Pending answered;
            lock.lock();
            try {
                answered = pending.poll();
            } finally {
                lock.unlock();
            }
            if (answered == null) {
                return;
            }
            if (answered.lease != response.getID()) {
                answered.answer.completeExceptionally(outOfOrder());
                cancel(outOfOrder());
                return;
            }
            answered.answer.complete(new Wire.Beat(
                    answered.sentAt,
                    Math.max(0, response.getTTL()),
                    response.getHeader().getRaftTerm()));
        }

        private RuntimeException outOfOrder() {
            return Status.INTERNAL
                    .withDescription("keep-alives are answered out of order")
                    .asRuntimeException();
        }

        @Override
        public void onError(Throwable failure) {
            end(failure);
        }

        @Override
        public void onCompleted() {
            end(Status.UNAVAILABLE
                    .withDescription("etcd has ended the stream of keep-alives")
                    .asRuntimeException());
        }

        void cancel(Throwable reason) {
            ClientCallStreamObserver<LeaseKeepAliveRequest> call = requests;
            end(reason);
            if (call != null) {
                call.cancel("given up", reason);
            }
        }

        private void end(Throwable failure) {
            List<Pending> unanswered;
            lock.lock();
            try {
                if (stream == this) {
                    stream = null;
                }
                ended = failure;
                unanswered = List.copyOf(pending);
                pending.clear();
            } finally {
                lock.unlock();
            }
            unanswered.forEach(beat -> beat.answer.completeExceptionally(failure));
        }
    }
}
