package io.holdfast.inmemory;

import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.core.internal.DueWheel;
import io.holdfast.core.internal.ResourceTable;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a lock does, as a deterministic state machine: a command and the present time go in, an answer and its {@link Effects} on
 * others come out. It has no thread, no clock and does no I/O. It is the executable specification: every backend's behaviour is held against it.
 *
 * <h2>State</h2>
 *
 * A resource is free, or held and perhaps waited for. Two invariants hold between commands: nobody waits for a free resource, and no client waits for what it holds.
 *
 * <h2>Claims</h2>
 *
 * A hold remembers which requests were answered with it. A request that is withdrawn gives up its claim, and the last one to do so ends the hold: so it may be
 * withdrawn safely whether or not its grant has crossed the withdrawal on the way, and without harm to another request of the same client that was granted the same hold.
 *
 * <h2>Time</h2>
 *
 * Moments are nanoseconds of any monotonic clock. One that lies before that of an earlier command counts as the same as the latest. A lease ends at its very
 * nanosecond: each command first ends the hold that it meets if its lease is over, and {@link #expire} ends all such holds.
 *
 * <p>Not thread-safe.
 */
public final class LockTable {
    private final Effects effects;
    private final LongFunction<Instant> wallClock;
    private final ResourceTable<Hold> holds = new ResourceTable<>() {
        @Override
        protected String resourceOf(Hold hold) {
            return hold.resource();
        }
    };
    private final DueWheel<Hold> leases;
    private final Map<String, WaitQueue> queues = new HashMap<>();
    /** The claims of the few holds that have had more than their first; all others have just that. */
    private final Map<Hold, Set<Long>> sharedClaims = new HashMap<>();

    private long lastToken;
    private long now;

    /**
     * Makes a table in which all resources are free.
     *
     * @param now the present moment
     * @param effects is told what commands do to others than their sender
     * @param wallClock tells for a moment of this table the wall clock's time, for {@link LockInfo}
     */
    public LockTable(long now, Effects effects, LongFunction<Instant> wallClock) {
        this.now = now;
        this.effects = Objects.requireNonNull(effects, "effects");
        this.wallClock = Objects.requireNonNull(wallClock, "wallClock");
        this.leases = new DueWheel<>(now);
    }

    /**
     * Asks for a resource. A client that holds it already gets the same hold again, its lease at full length and as long as the longest that was asked for it.
     *
     * @param moment the present moment
     * @param request what is asked; sent again, with the same id, it changes nothing but the lease
     * @return a {@link Grant}, {@link Refused} if the request may not wait, or {@link Placed}
     */
    public Answer acquire(long moment, AcquireRequest request) {
        pass(moment);
        Hold hold = holdOf(request.resource());
        if (hold == null) {
            return begin(request);
        }
        if (hold.client().equals(request.client())) {
            claim(hold, request.id());
            hold.lengthenLease(request.leaseMillis());
            extend(hold);
            return hold;
        }
        if (request.waitNanos() <= 0) {
            // It may have been sent before, with time to wait; nothing of it must remain now.
            if (leaveQueue(request)) {
                effects.dropped(request);
            }
            return new Refused(describe(hold));
        }
        queues.computeIfAbsent(request.resource(), resource -> new WaitQueue()).add(request, now);
        return new Placed(describe(hold));
    }

    /**
     * Takes a request back: out of the queue, or its claim from the hold that it was granted. Unknown requests, and those whose hold has ended, change nothing.
     *
     * @param moment the present moment
     * @param request the request; known by its id
     * @return the hold that stands in such a request's way afterwards, if there is one
     */
    public Optional<LockInfo> withdraw(long moment, AcquireRequest request) {
        pass(moment);
        Hold hold = holdOf(request.resource());
        if (!leaveQueue(request)
                && hold != null
                && hold.client().equals(request.client())
                && dropLastClaim(hold, request.id())) {
            end(hold);
        }
        Hold inTheWay = holds.get(request.resource());
        return Optional.ofNullable(inTheWay).map(this::describe);
    }

    /**
     * Ends a hold, whoever has a claim to it, and hands the resource to the first waiter.
     *
     * @param moment the present moment
     * @param ref which hold
     * @return true if this ended it, false if there is no such hold
     */
    public boolean release(long moment, HoldRef ref) {
        pass(moment);
        Hold hold = matching(ref);
        if (hold == null) {
            return false;
        }
        end(hold);
        return true;
    }

    /**
     * Extends a hold's lease to its full length from now.
     *
     * @param moment the present moment
     * @param ref which hold
     * @return the end of its lease now; empty if there is no such hold
     */
    public OptionalLong renew(long moment, HoldRef ref) {
        pass(moment);
        Hold hold = matching(ref);
        if (hold == null) {
            return OptionalLong.empty();
        }
        extend(hold);
        return OptionalLong.of(hold.validUntil());
    }

    /**
     * Raises a hold's token, and with it the tokens of all holds to come; see {@link io.holdfast.spi.TokenFloor#raiseToken}.
     *
     * @param moment the present moment
     * @param ref which hold, by its token or by the one that it is to have
     * @param token the wanted token; a smaller one than the hold's changes nothing
     * @return true if the hold exists
     */
    public boolean raiseToken(long moment, HoldRef ref, long token) {
        pass(moment);
        Hold hold = holdOf(ref.resource());
        if (hold == null
                || !hold.client().equals(ref.client())
                || (hold.token() != ref.token() && hold.token() != token)) {
            return false;
        }
        if (token > hold.token()) {
            hold.setToken(token);
            raiseFloor(token);
        }
        return true;
    }

    /**
     * Raises the tokens of all holds to come.
     *
     * @param token every later hold has a greater one
     * @return the greatest token of any hold so far, or the greatest that was asked for here
     */
    public long raiseFloor(long token) {
        lastToken = Math.max(lastToken, token);
        return lastToken;
    }

    /**
     * Ends all holds whose leases are over and hands their resources on.
     *
     * @param moment the present moment
     */
    public void expire(long moment) {
        pass(moment);
        for (Hold hold : leases.takeDue(now)) {
            forget(hold);
            handOver(hold.resource());
        }
    }

    /**
     * Looks at a resource.
     *
     * @param moment the present moment
     * @param resource its name
     * @return the present hold; empty if the resource is free
     */
    public Optional<LockInfo> inspect(long moment, String resource) {
        pass(moment);
        return Optional.ofNullable(holdOf(resource)).map(this::describe);
    }

    /**
     * When to {@link #expire} next.
     *
     * @return a moment not after the earliest end of a lease; empty if nothing is held
     */
    public OptionalLong nextExpiry() {
        return leases.nextDue();
    }

    /**
     * For how long no lease ends. Unlike everything else here, any thread may ask at any time; see {@link DueWheel#delayUntilDue}.
     *
     * @param moment the present moment
     * @return nanoseconds, perhaps fewer than there are; zero or negative if {@link #expire} may have something to do; {@link DueWheel#NEVER} if nothing is held
     */
    public long delayUntilExpiry(long moment) {
        return leases.delayUntilDue(moment);
    }

    /**
     * The latest moment that a command has brought.
     *
     * @return the time as far as this table knows it
     */
    public long latestMoment() {
        return now;
    }

    /**
     * Whether any request waits in this table.
     *
     * @return true if so
     */
    public boolean isAnyoneWaiting() {
        return !queues.isEmpty();
    }

    /**
     * How much the table remembers, to show that it forgets.
     *
     * @return the number of holds, of resources that are waited for, and of holds with shared claims, added up
     */
    public int size() {
        return holds.size() + queues.size() + sharedClaims.size();
    }

    private void pass(long moment) {
        if (moment - now > 0) {
            now = moment;
        }
    }

    /** The hold of a resource, after ending it if its lease is over. */
    private @Nullable Hold holdOf(String resource) {
        Hold hold = holds.get(resource);
        if (hold == null || hold.validUntil() - now > 0) {
            return hold;
        }
        end(hold);
        return holds.get(resource);
    }

    private @Nullable Hold matching(HoldRef ref) {
        Hold hold = holdOf(ref.resource());
        boolean matches = hold != null
                && hold.client().equals(ref.client())
                && (ref.token() == HoldRef.ANY_TOKEN || ref.token() == hold.token());
        return matches ? hold : null;
    }

    private Hold begin(AcquireRequest request) {
        Hold hold = new Hold(request, ++lastToken, now);
        holds.put(hold);
        leases.add(hold);
        return hold;
    }

    private void extend(Hold hold) {
        long end = hold.endOfLeaseFrom(now);
        // The lease may have been granted later than now, if an earlier command brought a later moment. It is never
        // shortened.
        if (end - hold.validUntil() > 0) {
            leases.remove(hold);
            hold.setExpiresAt(end);
            leases.add(hold);
        }
    }

    private void end(Hold hold) {
        leases.remove(hold);
        forget(hold);
        handOver(hold.resource());
    }

    private void forget(Hold hold) {
        holds.remove(hold);
        if (!sharedClaims.isEmpty()) {
            sharedClaims.remove(hold);
        }
    }

    /** Gives a free resource to the first client whose wait isn't over. */
    private void handOver(String resource) {
        if (queues.isEmpty()) {
            return;
        }
        WaitQueue queue = queues.get(resource);
        if (queue == null) {
            return;
        }
        List<WaitQueue.Waiter> place = queue.poll();
        while (place != null && !grant(place)) {
            place = queue.poll();
        }
        if (queue.size() == 0) {
            queues.remove(resource);
        }
    }

    private boolean grant(List<WaitQueue.Waiter> place) {
        Hold hold = null;
        for (WaitQueue.Waiter waiter : place) {
            AcquireRequest request = waiter.request();
            if (waiter.isOver(now)) {
                effects.dropped(request);
                continue;
            }
            if (hold == null) {
                hold = begin(request);
            } else {
                claim(hold, request.id());
                hold.lengthenLease(request.leaseMillis());
                extend(hold);
            }
        }
        if (hold == null) {
            return false;
        }
        // Told only now: the lease is that of the longest request.
        for (WaitQueue.Waiter waiter : place) {
            if (!waiter.isOver(now)) {
                effects.granted(waiter.request(), hold);
            }
        }
        return true;
    }

    private boolean leaveQueue(AcquireRequest request) {
        WaitQueue queue = queues.get(request.resource());
        if (queue == null || !queue.remove(request)) {
            return false;
        }
        if (queue.size() == 0) {
            queues.remove(request.resource());
        }
        return true;
    }

    private void claim(Hold hold, long request) {
        if (request == hold.firstClaim() && !sharedClaims.containsKey(hold)) {
            return;
        }
        sharedClaims
                .computeIfAbsent(hold, shared -> new HashSet<>(Set.of(shared.firstClaim())))
                .add(request);
    }

    /** Takes a request's claim from a hold; true if it had one and no other is left. */
    private boolean dropLastClaim(Hold hold, long request) {
        Set<Long> claims = sharedClaims.get(hold);
        if (claims == null) {
            return request == hold.firstClaim();
        }
        return claims.remove(request) && claims.isEmpty();
    }

    private LockInfo describe(Hold hold) {
        WaitQueue queue = queues.get(hold.resource());
        long age = now - hold.acquiredAt();
        Duration remaining = Duration.ofNanos(hold.validUntil() - now);
        Instant wallNow = wallClock.apply(now);
        return new LockInfo(
                hold.resource(),
                hold.client(),
                hold.token(),
                LockStatus.HELD,
                wallNow.minusNanos(age),
                wallNow.plus(remaining),
                remaining,
                queue == null ? 0 : queue.size());
    }

    /** What a command does to others than its sender. */
    public interface Effects {
        /**
         * A waiting request has got its turn.
         *
         * @param request the request
         * @param grant its hold, perhaps shared with other requests of the same client
         */
        void granted(AcquireRequest request, Grant grant);

        /**
         * The wait of a request was over before its turn came; it isn't in the queue any more.
         *
         * @param request the request
         */
        void dropped(AcquireRequest request);
    }

    /** The answer to {@link #acquire}: a {@link Grant}, {@link Refused} or {@link Placed}. */
    public sealed interface Answer permits Hold, Refused, Placed {}

    /**
     * Somebody else holds the resource, and the request may not wait.
     *
     * @param holder the hold in the way
     */
    public record Refused(LockInfo holder) implements Answer {}

    /**
     * Somebody else holds the resource, and the request waits in the queue.
     *
     * @param holder the hold in the way
     */
    public record Placed(LockInfo holder) implements Answer {}
}
