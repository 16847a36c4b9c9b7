package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnResponse;
import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What can be seen of a lock without changing it. Thread-safe. */
final class Looking {
    private final Store store;

    Looking(Store store) {
        this.store = store;
    }

    /** The hold of a resource, with the rest of its lease. */
    CompletableFuture<Optional<LockInfo>> look(ByteString queue, String resource, long deadline) {
        return store.read("looking at '" + resource + "'", Txns.read(Txns.first(queue)), deadline)
                .thenCompose(response -> {
                    Optional<KeyValue> first = Txns.found(response, 0);
                    if (first.isEmpty()) {
                        return CompletableFuture.completedFuture(Optional.empty());
                    }
                    return look(resource, first.get(), waiters(response, 0), deadline)
                            .thenApply(Optional::of);
                });
    }

    /** The same for a ticket that was the first a moment ago. */
    CompletableFuture<LockInfo> look(String resource, KeyValue first, int waiters, long deadline) {
        return rest(resource, first, deadline).thenApply(rest -> describe(resource, first, waiters, rest));
    }

    static int waiters(TxnResponse response, int index) {
        return (int) Math.max(0, Txns.range(response, index).getCount() - 1);
    }

    private CompletableFuture<Duration> rest(String resource, KeyValue ticket, long deadline) {
        if (ticket.getLease() == 0) {
            return CompletableFuture.completedFuture(Duration.ZERO);
        }
        return store.repeat(
                        "looking at '" + resource + "'",
                        deadline,
                        timeout -> store.wire().timeToLive(ticket.getLease(), timeout))
                .thenApply(seconds -> Duration.ofSeconds(Math.max(0, Math.min(seconds, promised(ticket)))));
    }

    /** How long a hold lasts; its lease may last a little longer. */
    private static long promised(KeyValue ticket) {
        return TicketValue.decode(ticket.getValue())
                .map(TicketValue::leaseSeconds)
                .orElse(Long.MAX_VALUE);
    }

    /** What a ticket says, where the rest of its lease isn't worth a question: its full length. */
    LockInfo describe(String resource, KeyValue ticket, int waiters) {
        Duration lease = TicketValue.decode(ticket.getValue())
                .map(value -> Duration.ofSeconds(value.leaseSeconds()))
                .orElse(Duration.ZERO);
        return describe(resource, ticket, waiters, lease);
    }

    private static LockInfo describe(String resource, KeyValue ticket, int waiters, Duration rest) {
        Instant now = SystemTime.wallClock();
        return TicketValue.decode(ticket.getValue())
                .map(value -> new LockInfo(
                        resource,
                        value.client(),
                        ticket.getCreateRevision(),
                        LockStatus.HELD,
                        value.asked(),
                        now.plus(rest),
                        rest,
                        waiters))
                .orElseGet(() -> new LockInfo(
                        resource, foreigner(ticket), 0, LockStatus.FOREIGN, now, now.plus(rest), rest, waiters));
    }

    private static String foreigner(KeyValue ticket) {
        String written = ticket.getValue().toStringUtf8();
        return written.isEmpty() ? "another etcd client, lease " + Long.toHexString(ticket.getLease()) : written;
    }

    /** Stands for a hold that was there and has just ended, so that the client itself is next. */
    LockInfo nobody(PlaceName name) {
        Instant now = SystemTime.wallClock();
        return new LockInfo(name.resource(), name.client(), 0, LockStatus.HELD, now, now, Duration.ZERO, 0);
    }

    /** The key of a ticket as it is now, which may be that of a later ticket. */
    CompletableFuture<Optional<KeyValue>> read(Ticket ticket) {
        return store.read("looking at " + ticket, Txns.read(Txns.get(ticket.key())), store.deadline())
                .thenApply(response -> Txns.found(response, 0));
    }

    CompletableFuture<Boolean> isFirst(Ticket ticket, ByteString queue) {
        return store.read("looking at " + ticket, Txns.read(Txns.first(queue)), store.deadline())
                .thenApply(response -> Txns.found(response, 0)
                        .filter(key -> key.getCreateRevision() == ticket.token())
                        .isPresent());
    }

    /** A client's hold, from an answer that has the first ticket of the queue. */
    static Optional<KeyValue> holdOf(TxnResponse response, ByteString key, long token) {
        return Txns.found(response, 0)
                .filter(first -> first.getKey().equals(key))
                .filter(first -> token == HoldRef.ANY_TOKEN || token == first.getCreateRevision());
    }
}
