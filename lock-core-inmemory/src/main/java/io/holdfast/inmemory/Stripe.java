package io.holdfast.inmemory;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.core.internal.Alarm;
import io.holdfast.core.internal.DueWheel;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.Ticker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The resources whose names fall into one part of the hash space: a lock table, the lock that guards it, and the waiting requests' futures. Futures are completed after the lock is
 * given back, since anything may hang on them.
 */
final class Stripe {
    private final Ticker ticker;
    private final Alarm alarm;
    private final ReentrantLock lock = new ReentrantLock();
    private final LockTable table;
    private final Map<Long, Waiting> waiting = new HashMap<>();
    private List<Delivery> outbox = new ArrayList<>();
    /** What all tokens that are given from now on exceed; the engine's, since a stripe may be made later than it is raised. */
    private final AtomicLong floor;

    Stripe(Ticker ticker, Alarm alarm, AtomicLong floor, LongFunction<Instant> wallClock) {
        this.ticker = ticker;
        this.floor = floor;
        this.alarm = alarm;
        this.table = new LockTable(ticker.read(), new Outbox(), wallClock);
    }

    /**
     * Asks for a resource.
     *
     * @param connection whose request it is, for {@link #disconnect}
     */
    AcquireReply acquire(AcquireRequest request, long moment, Object connection) {
        AcquireReply reply;
        List<Delivery> deliveries;
        lock.lock();
        try {
            table.raiseFloor(floor.get());
            reply = reply(request, table.acquire(moment, request), connection);
            deliveries = takeOutbox();
        } finally {
            lock.unlock();
        }
        if (reply instanceof Grant grant) {
            alarm.ringBy(grant.validUntil());
        }
        deliver(deliveries);
        return reply;
    }

    private AcquireReply reply(AcquireRequest request, LockTable.Answer answer, Object connection) {
        if (answer instanceof Hold hold) {
            return hold;
        }
        if (answer instanceof LockTable.Refused refused) {
            return new AcquireReply.Held(refused.holder());
        }
        LockInfo holder = ((LockTable.Placed) answer).holder();
        return new AcquireReply.Queued(
                holder, waiting.computeIfAbsent(request.id(), id -> new Waiting(request, connection)));
    }

    /** Takes the waiting requests of a connection that is closed out of the queues, and fails them. */
    void disconnect(Object connection, LockBackendException reason) {
        List<Waiting> left = command(at -> {
            List<Waiting> own = waiting.values().stream()
                    .filter(wait -> wait.connection == connection)
                    .toList();
            for (Waiting wait : own) {
                waiting.remove(wait.request.id());
                table.withdraw(at, wait.request);
            }
            return own;
        });
        left.forEach(wait -> wait.completeExceptionally(reason));
    }

    Optional<LockInfo> withdraw(AcquireRequest request) {
        return command(at -> {
            waiting.remove(request.id());
            return table.withdraw(at, request);
        });
    }

    boolean release(HoldRef hold) {
        boolean released;
        List<Delivery> deliveries;
        lock.lock();
        try {
            table.raiseFloor(floor.get());
            // Leases end by the alarm, not by this; only a waiter's lease, which would begin now, needs to know the
            // time.
            long moment = table.isAnyoneWaiting() ? ticker.read() : table.latestMoment();
            released = table.release(moment, hold);
            deliveries = takeOutbox();
        } finally {
            lock.unlock();
        }
        deliver(deliveries);
        return released;
    }

    OptionalLong renew(HoldRef hold) {
        return command(at -> table.renew(at, hold));
    }

    boolean raiseToken(HoldRef hold, long token) {
        return command(at -> table.raiseToken(at, hold, token));
    }

    /** The greatest token so far. */
    long greatestToken() {
        return command(at -> table.raiseFloor(0));
    }

    Optional<LockInfo> inspect(String resource) {
        return command(at -> table.inspect(at, resource));
    }

    /** Ends what is over. Takes the lock only if anything may be. */
    void expire(long now) {
        if (table.delayUntilExpiry(now) <= 0) {
            command(at -> {
                table.expire(at);
                return true;
            });
        }
    }

    /** When to come again, or {@link DueWheel#NEVER}: a delay in nanoseconds, not too long. */
    long delayUntilExpiry(long now) {
        return table.delayUntilExpiry(now);
    }

    int size() {
        return command(at -> table.size() + waiting.size());
    }

    private <T> T command(Function<Long, T> body) {
        T result;
        List<Delivery> deliveries;
        lock.lock();
        try {
            table.raiseFloor(floor.get());
            result = body.apply(ticker.read());
            deliveries = takeOutbox();
        } finally {
            lock.unlock();
        }
        deliver(deliveries);
        return result;
    }

    private List<Delivery> takeOutbox() {
        if (outbox.isEmpty()) {
            return List.of();
        }
        List<Delivery> taken = outbox;
        outbox = new ArrayList<>(1);
        return taken;
    }

    private void deliver(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            delivery.grant.ifPresent(grant -> alarm.ringBy(grant.validUntil()));
            delivery.addressee.complete(delivery.grant);
        }
    }

    /** A request in the queue, and what it will be told. */
    private static final class Waiting extends CompletableFuture<Optional<Grant>> {
        private final AcquireRequest request;
        private final Object connection;

        Waiting(AcquireRequest request, Object connection) {
            this.request = request;
            this.connection = connection;
        }
    }

    /** What a request is to be told. */
    private record Delivery(Waiting addressee, Optional<Grant> grant) {}

    /** Remembers, under the lock, whom to tell what after it. */
    private final class Outbox implements LockTable.Effects {
        @Override
        public void granted(AcquireRequest request, Grant grant) {
            put(request, Optional.of(grant));
        }

        @Override
        public void dropped(AcquireRequest request) {
            put(request, Optional.empty());
        }

        private void put(AcquireRequest request, Optional<Grant> grant) {
            @Nullable Waiting wait = waiting.remove(request.id());
            if (wait != null) {
                outbox.add(new Delivery(wait, grant));
            }
        }
    }
}
