package io.holdfast.inmemory;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A lock table, its time in milliseconds, what it has told others, and short ways to talk to it about one resource. */
final class LockTableRig {
    static final String RESOURCE = "orders/42";
    static final long LEASE = 10_000;
    static final long MILLI = 1_000_000;

    /** What the table has told others, in order. */
    final List<Told> told = new ArrayList<>();

    final LockTable table;
    long now;

    LockTableRig() {
        this(0);
    }

    LockTableRig(long start) {
        now = start;
        table = new LockTable(start, new Recorder(), moment -> Instant.EPOCH.plusNanos(moment));
    }

    /** What the table tells others. */
    sealed interface Told {}

    record Granted(long request, String client, long token, long validUntil) implements Told {}

    record Dropped(long request) implements Told {}

    LockTableRig at(long millis) {
        return atNanos(millis * MILLI);
    }

    LockTableRig atNanos(long nanos) {
        now = nanos;
        return this;
    }

    static AcquireRequest request(long id, String client, long waitMillis) {
        return request(id, RESOURCE, client, LEASE, waitMillis);
    }

    static AcquireRequest request(long id, String resource, String client, long leaseMillis, long waitMillis) {
        return new AcquireRequest(id, resource, client, leaseMillis, waitMillis * MILLI, 0);
    }

    LockTable.Answer acquire(AcquireRequest request) {
        return table.acquire(now, request);
    }

    /** Acquires for a client that is known to get the resource at once. */
    Grant hold(long id, String client) {
        return (Grant) acquire(request(id, client, 0));
    }

    LockInfo placed(long id, String client, long waitMillis) {
        return ((LockTable.Placed) acquire(request(id, client, waitMillis))).holder();
    }

    Optional<LockInfo> withdraw(long id, String client) {
        return table.withdraw(now, request(id, client, 0));
    }

    boolean release(HoldRef hold) {
        return table.release(now, hold);
    }

    boolean release(String client) {
        return release(HoldRef.ofClient(RESOURCE, client));
    }

    OptionalLong renew(HoldRef hold) {
        return table.renew(now, hold);
    }

    void expire() {
        table.expire(now);
    }

    Optional<String> holder() {
        return table.inspect(now, RESOURCE).map(LockInfo::client);
    }

    int waiters() {
        return table.inspect(now, RESOURCE).map(LockInfo::waiters).orElse(0);
    }

    List<Long> grantedRequests() {
        return told.stream()
                .filter(Granted.class::isInstance)
                .map(granted -> ((Granted) granted).request())
                .toList();
    }

    private final class Recorder implements LockTable.Effects {
        @Override
        public void granted(AcquireRequest request, Grant grant) {
            told.add(new Granted(request.id(), grant.client(), grant.token(), grant.validUntil()));
        }

        @Override
        public void dropped(AcquireRequest request) {
            told.add(new Dropped(request.id()));
        }
    }
}
