package io.holdfast.conformance.model;

import io.holdfast.inmemory.LockTable;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The lock table with a clock, and with its answers in the words in which the two sides are compared. Its leases and waits
 * may be a little longer or shorter than asked for, see {@link Models}.
 */
final class Model {
    private final Map<Long, Grant> turns = new HashMap<>();
    private final LockTable table;
    private final long leaseShift;
    private final long waitShift;
    private long now;

    /**
     * Makes a model.
     *
     * @param now the present moment
     * @param leaseShift what is added to each lease, in nanoseconds
     * @param waitShift what is added to each wait, in nanoseconds
     */
    Model(long now, long leaseShift, long waitShift) {
        this.now = now;
        this.leaseShift = leaseShift;
        this.waitShift = waitShift;
        this.table = new LockTable(now, new Turns(), moment -> Instant.EPOCH);
    }

    /** Lets time pass; every lease ends at its moment. */
    void passTo(long moment) {
        OptionalLong next = table.nextExpiry();
        while (next.isPresent() && next.getAsLong() - moment <= 0) {
            now = next.getAsLong();
            table.expire(now);
            next = table.nextExpiry();
        }
        now = moment;
        table.expire(now);
    }

    LockTable.Answer acquire(AcquireRequest request) {
        return table.acquire(
                now,
                new AcquireRequest(
                        request.id(),
                        request.resource(),
                        request.client(),
                        request.leaseMillis() + TimeUnit.NANOSECONDS.toMillis(leaseShift),
                        request.waitNanos() == 0 ? 0 : request.waitNanos() + waitShift,
                        request.startedAt()));
    }

    Seen withdraw(AcquireRequest request) {
        return Seen.holder(table.withdraw(now, request));
    }

    Seen release(HoldRef hold) {
        return Seen.told(table.release(now, hold));
    }

    Seen renew(HoldRef hold) {
        return Seen.told(table.renew(now, hold).isPresent());
    }

    Seen inspect(String resource) {
        return Seen.holder(table.inspect(now, resource));
    }

    /** The grant that a waiting request has got in its turn, if it has. */
    Optional<Grant> turnOf(long request) {
        return Optional.ofNullable(turns.get(request));
    }

    private final class Turns implements LockTable.Effects {
        @Override
        public void granted(AcquireRequest request, Grant grant) {
            turns.put(request.id(), grant);
        }

        @Override
        public void dropped(AcquireRequest request) {
            // When a store forgets a request whose time is over is its own affair.
        }
    }
}
