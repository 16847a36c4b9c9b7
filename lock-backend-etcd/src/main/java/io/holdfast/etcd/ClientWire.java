package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.cluster.Member;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.Status;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection over the application's own client of jetcd. It does what a {@link GrpcWire} does, for more messages: a stream and two
 * messages for each keep-alive, a stream for each watch. And the client can neither choose the id of a lease nor compare a range.
 */
final class ClientWire implements Wire {
    private static final Logger LOG = LoggerFactory.getLogger(ClientWire.class);
    private static final long WATCH_PAUSE = 500_000_000;

    private final Client client;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final long timeoutNanos;
    private volatile boolean closed;

    ClientWire(Client client, Ticker ticker, Scheduler scheduler, long timeoutNanos) {
        this.client = client;
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public CompletableFuture<TxnResponse> txn(TxnRequest request, long limit) {
        return inTime(ClientTxn.commit(client.getKVClient(), request), limit);
    }

    @Override
    public CompletableFuture<LeaseGrantResponse> grant(long lease, long seconds, long limit) {
        return inTime(client.getLeaseClient().grant(seconds), limit)
                .thenApply(granted -> LeaseGrantResponse.newBuilder()
                        .setID(granted.getID())
                        .setTTL(granted.getTTL())
                        .build());
    }

    @Override
    public CompletableFuture<Void> revoke(long lease, long limit) {
        return inTime(client.getLeaseClient().revoke(lease), limit)
                .<Void>thenApply(revoked -> null)
                .exceptionallyCompose(failure -> Failures.isLeaseGone(failure)
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
    }

    @Override
    public CompletableFuture<Long> timeToLive(long lease, long limit) {
        return inTime(client.getLeaseClient().timeToLive(lease, LeaseOption.DEFAULT), limit)
                .thenApply(rest -> rest.getTTL());
    }

    @Override
    public CompletableFuture<Beat> keepAlive(long lease, boolean urgent) {
        long sentAt = ticker.read();
        return inTime(client.getLeaseClient().keepAliveOnce(lease), timeoutNanos)
                .thenApply(answer ->
                        new Beat(sentAt, answer.getTTL(), answer.getHeader().getRaftTerm()))
                .exceptionallyCompose(failure -> isNotFound(failure)
                        ? CompletableFuture.completedFuture(new Beat(sentAt, 0, Long.MAX_VALUE))
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean isNotFound(Throwable failure) {
        return Failures.unwrap(failure) instanceof EtcdException etcd && etcd.getErrorCode() == ErrorCode.NOT_FOUND;
    }

    /** The client has no time limits of its own. */
    private <T> CompletableFuture<T> inTime(CompletableFuture<T> answer, long limit) {
        if (closed) {
            return CompletableFuture.failedFuture(GrpcWire.closedException());
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        Scheduler.Cancellable alarm = scheduler.schedule(
                () -> result.completeExceptionally(Status.DEADLINE_EXCEEDED.asRuntimeException()), limit);
        CompletableFuture<?> unused = answer.whenComplete((value, failure) -> {
            alarm.cancel();
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(Failures.unwrap(failure));
            }
        });
        return result;
    }

    @Override
    public Watching watch(ByteString queue, WatchListener listener) {
        return new ClientWatch(queue, listener).begin();
    }

    @Override
    public boolean comparesRanges() {
        return false;
    }

    @Override
    public CompletableFuture<Cluster> cluster(long limit) {
        return inTime(client.getClusterClient().listMember(), limit).thenCompose(list -> {
            List<Member> members = list.getMembers();
            String first = members.get(0).getClientURIs().get(0).toString();
            return inTime(client.getMaintenanceClient().statusMember(first), limit)
                    .thenApply(status -> new Cluster(status.getVersion(), members.size()));
        });
    }

    /** The client's connections are its own affair. */
    @Override
    public CompletableFuture<Void> pause(long nanos) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        scheduler.schedule(() -> over.complete(null), nanos);
        return over;
    }

    /** Leaves the client open, which is the application's. */
    @Override
    public void close() {
        closed = true;
    }

    /** A watch that is made anew when the client gives it up. */
    private final class ClientWatch implements Watching, Watch.Listener {
        private final ByteString queue;
        private final WatchListener listener;
        private final AtomicReference<Watch.@Nullable Watcher> watcher = new AtomicReference<>();
        private volatile boolean ended;

        ClientWatch(ByteString queue, WatchListener listener) {
            this.queue = queue;
            this.listener = listener;
        }

        Watching begin() {
            if (!ended && !closed) {
                WatchOption option = WatchOption.builder()
                        .isPrefix(true)
                        .withCreateNotify(true)
                        .withNoPut(true)
                        .withRequireLeader(true)
                        .build();
                watcher.set(client.getWatchClient().watch(ByteSequence.from(queue), option, this));
                if (ended) {
                    close();
                }
            }
            return this;
        }

        @Override
        public void onNext(WatchResponse response) {
            if (response.isCreatedNotify()) {
                listener.created();
            }
            List<Event> events =
                    response.getEvents().stream().map(ClientWatch::event).toList();
            if (!events.isEmpty()) {
                listener.events(events);
            }
        }

        private static Event event(WatchEvent event) {
            KeyValue changed = ClientTxn.key(event.getKeyValue());
            Event.EventType type =
                    event.getEventType() == WatchEvent.EventType.PUT ? Event.EventType.PUT : Event.EventType.DELETE;
            return Event.newBuilder().setType(type).setKv(changed).build();
        }

        @Override
        public void onError(Throwable failure) {
            LOG.debug("a watch was interrupted", failure);
        }

        @Override
        public void onCompleted() {
            if (!ended) {
                scheduler.schedule(this::begin, WATCH_PAUSE);
            }
        }

        @Override
        public void close() {
            ended = true;
            Watch.Watcher last = watcher.getAndSet(null);
            if (last != null) {
                last.close();
            }
        }
    }
}
