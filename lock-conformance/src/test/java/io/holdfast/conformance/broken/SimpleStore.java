package io.holdfast.conformance.broken;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store of locks, as plain as one can be: a map and a mutex. It keeps all promises; a broken store overrides the one
 * method in which it errs.
 */
class SimpleStore {
    final Ticker ticker;
    long lastToken;
    private final Scheduler scheduler;
    private final Map<String, Slot> slots = new HashMap<>();
    private final ReentrantLock mutex = new ReentrantLock();
    private List<Runnable> effects = new ArrayList<>();
    private List<Runnable> backlog = new ArrayList<>();
    private boolean paused;
    private Duration wallClockError = Duration.ZERO;

    SimpleStore(Ticker ticker, Scheduler scheduler) {
        this.ticker = ticker;
        this.scheduler = scheduler;
    }

    SimpleConnection connect() {
        return new SimpleConnection(this);
    }

    /** Carries a command out, at once or when the store goes on. */
    final <T> CompletionStage<T> send(Supplier<T> command) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        whenAwake(() -> answer.complete(alone(command)));
        return answer;
    }

    private void whenAwake(Runnable work) {
        mutex.lock();
        try {
            if (paused) {
                backlog.add(work);
                return;
            }
        } finally {
            mutex.unlock();
        }
        work.run();
    }

    final boolean isPaused() {
        mutex.lock();
        try {
            return paused;
        } finally {
            mutex.unlock();
        }
    }

    final void pause() {
        mutex.lock();
        try {
            paused = true;
        } finally {
            mutex.unlock();
        }
    }

    /** Does what should have been done meanwhile. */
    final void resume() {
        List<Runnable> due;
        mutex.lock();
        try {
            paused = false;
            due = inOrder(backlog);
            backlog = new ArrayList<>();
        } finally {
            mutex.unlock();
        }
        due.forEach(Runnable::run);
    }

    /** In which order the commands of a pause are carried out. */
    List<Runnable> inOrder(List<Runnable> commands) {
        return commands;
    }

    /** Runs a command alone, and then what it has to tell others. */
    final <T> T alone(Supplier<T> command) {
        T answer;
        List<Runnable> due;
        mutex.lock();
        try {
            answer = command.get();
            due = effects;
            effects = new ArrayList<>();
        } finally {
            mutex.unlock();
        }
        due.forEach(Runnable::run);
        return answer;
    }

    AcquireReply acquire(SimpleConnection from, AcquireRequest request) {
        Slot slot = slot(request.resource());
        expire(slot);
        Hold hold = slot.hold;
        if (hold == null) {
            return begin(from, slot, request, request.startedAt());
        }
        if (hold.client.equals(request.client())) {
            return again(slot, hold, request);
        }
        boolean mayWait = request.waitNanos() > 0;
        return mayWait ? enqueue(from, slot, hold, request) : refuse(from, slot, hold, request);
    }

    AcquireReply refuse(SimpleConnection from, Slot slot, Hold hold, AcquireRequest request) {
        return new AcquireReply.Held(describe(slot, hold));
    }

    Grant begin(SimpleConnection from, Slot slot, AcquireRequest request, long startedAt) {
        Hold hold = new Hold(from, request, nextToken(slot), ticker.read());
        slot.hold = hold;
        slot.last = hold;
        slot.handedOver = false;
        scheduleExpiry(slot, hold);
        return hold.grant(startedAt);
    }

    long nextToken(Slot slot) {
        return ++lastToken;
    }

    Grant again(Slot slot, Hold hold, AcquireRequest request) {
        hold.claims.add(request.id());
        hold.leaseMillis = Math.max(hold.leaseMillis, request.leaseMillis());
        hold.extendFrom(ticker.read());
        scheduleExpiry(slot, hold);
        return hold.grant(request.startedAt());
    }

    AcquireReply enqueue(SimpleConnection from, Slot slot, Hold hold, AcquireRequest request) {
        Wish wish = new Wish(request, from, new CompletableFuture<>());
        slot.queue.computeIfAbsent(place(request), client -> new ArrayList<>()).add(wish);
        scheduleDrop(slot, wish);
        return new AcquireReply.Queued(describe(slot, hold), wish.answer());
    }

    /** Requests of the same place are granted together. */
    String place(AcquireRequest request) {
        return request.client();
    }

    void scheduleDrop(Slot slot, Wish wish) {
        later(wish.request().waitNanos(), () -> {
            if (slot.remove(wish)) {
                effect(() -> wish.answer().complete(Optional.empty()));
            }
        });
    }

    void scheduleExpiry(Slot slot, Hold hold) {
        later(hold.expiresAt - ticker.read(), () -> expire(slot));
    }

    /** Ends the hold if its lease is over. */
    final void expire(Slot slot) {
        Hold hold = slot.hold;
        if (hold != null && isOver(hold)) {
            slot.lastExpired = true;
            end(slot);
        }
    }

    boolean isOver(Hold hold) {
        return ticker.read() - hold.expiresAt >= 0;
    }

    void end(Slot slot) {
        slot.hold = null;
        handOver(slot);
    }

    /** Gives a free resource to the next place. */
    void handOver(Slot slot) {
        List<Wish> place = nextPlace(slot);
        if (place == null) {
            return;
        }
        for (Wish wish : place) {
            Hold hold = slot.hold;
            long now = ticker.read();
            Grant grant =
                    hold == null ? begin(wish.from(), slot, wish.request(), now) : again(slot, hold, wish.request());
            tell(wish, grant);
        }
        slot.handedOver = true;
    }

    /** Takes the next place out of the queue; null if there is none. */
    @Nullable
    List<Wish> nextPlace(Slot slot) {
        return slot.takeFirst();
    }

    void tell(Wish wish, Grant grant) {
        effect(() -> wish.answer().complete(Optional.of(grant)));
    }

    Optional<LockInfo> withdraw(AcquireRequest request) {
        Slot slot = slot(request.resource());
        expire(slot);
        Hold hold = slot.hold;
        if (!slot.remove(request) && hold != null && hold.claims.remove(request.id()) && hold.claims.isEmpty()) {
            end(slot);
        }
        return describe(slot);
    }

    boolean release(HoldRef ref) {
        Slot slot = slot(ref.resource());
        expire(slot);
        if (slot.hold == null || !mayRelease(slot.hold, ref)) {
            return false;
        }
        slot.lastExpired = false;
        end(slot);
        return true;
    }

    boolean mayRelease(Hold hold, HoldRef ref) {
        return hold.matches(ref);
    }

    RenewOutcome renew(HoldRef ref) {
        Slot slot = slot(ref.resource());
        expire(slot);
        Hold hold = slot.hold;
        if (hold == null || !hold.matches(ref)) {
            return new RenewOutcome.Lost();
        }
        hold.extendFrom(ticker.read());
        scheduleExpiry(slot, hold);
        return new RenewOutcome.Renewed(hold.expiresAt);
    }

    Optional<LockInfo> inspect(String resource) {
        Slot slot = slot(resource);
        expire(slot);
        return describe(slot);
    }

    /** Forgets the waiters of a connection that has ended. */
    void disconnect(SimpleConnection gone, LockBackendException reason) {
        for (Slot slot : slots.values()) {
            for (Wish wish : slot.removeAllOf(gone)) {
                effect(() -> wish.answer().completeExceptionally(reason));
            }
        }
    }

    /** Loses everything but what is promised to survive: the highest token. */
    void restart() {
        slots.clear();
    }

    /** Ends what it has started. */
    void close() {}

    final void forEachSlot(Consumer<Slot> action) {
        slots.values().forEach(action);
    }

    final Slot slot(String resource) {
        return slots.computeIfAbsent(key(resource), key -> new Slot());
    }

    String key(String resource) {
        return resource;
    }

    final void setBackWallClock(Duration step) {
        wallClockError = wallClockError.minus(step);
    }

    final Instant wallClock(long moment) {
        return Instant.EPOCH.plusNanos(moment).plus(wallClockError);
    }

    final void effect(Runnable effect) {
        effects.add(effect);
    }

    private void later(long delayNanos, Runnable command) {
        scheduler.schedule(
                () -> whenAwake(() -> alone(() -> {
                    command.run();
                    return true;
                })),
                delayNanos);
    }

    private Optional<LockInfo> describe(Slot slot) {
        return Optional.ofNullable(slot.hold).map(hold -> describe(slot, hold));
    }

    private LockInfo describe(Slot slot, Hold hold) {
        return new LockInfo(
                hold.resource,
                hold.client,
                hold.token,
                LockStatus.HELD,
                wallClock(hold.begunAt),
                wallClock(hold.expiresAt),
                Duration.ofNanos(Math.max(0, hold.expiresAt - ticker.read())),
                slot.queue.size());
    }
}
