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

/** The lock table with a clock, and with its answers in the words in which the two sides are compared. */
final class Model {
    private final Map<Long, Grant> turns = new HashMap<>();
    private final LockTable table;
    private long now;

    Model(long now) {
        this.now = now;
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
        return table.acquire(now, request);
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

    /** The token of the grant that a waiting request has got in its turn; a great number if it still waits. */
    long turnOf(long request) {
        Grant grant = turns.get(request);
        return grant == null ? Long.MAX_VALUE : grant.token();
    }

    /** The grant that a waiting request has got in its turn, once. */
    Optional<Grant> takeTurn(long request) {
        return Optional.ofNullable(turns.remove(request));
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
