package io.holdfast.conformance.simulation;

import io.holdfast.LockInfo;
import io.holdfast.inmemory.LockTable;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The store: a lock table behind the network, with a clock of its own. It is durable: a restart loses the connections
 * and whatever arrives meanwhile, but no state.
 *
 * <p>Commands may arrive twice, and later than others that were sent after them. So it remembers which requests were
 * taken back, and which commands have had their hold.
 */
final class SimulatedServer implements LockTable.Effects {
    private static final long MILLION = 1_000_000L;

    private static final long NO_TOKEN = 0;

    private final World world;
    private final Observer observer;
    private final Bug bug;
    private final long drift;
    private LockTable table = new LockTable(0, this, moment -> Instant.EPOCH);
    private final Map<Long, Subscriber> subscribers = new HashMap<>();
    private final Set<Long> withdrawn = new HashSet<>();
    private final Map<Long, Served> served = new HashMap<>();
    private final Tokens tokens = new Tokens();
    private final Map<String, List<AcquireRequest>> queued = new HashMap<>();
    /** Long before anything is asked of it, unless it has lost its memory since. */
    private long remembersSince = Long.MIN_VALUE / 4;

    private long incarnation;
    private boolean floorRaised;
    private long clockOffset;
    private World.Event expiry;
    private long downUntil;

    SimulatedServer(World world, Observer observer, Bug bug, long drift) {
        this.world = world;
        this.observer = observer;
        this.bug = bug;
        this.drift = drift;
        this.incarnation = world.nextLife();
    }

    /** What the server's clock shows. */
    long clock() {
        return world.now() + Math.floorDiv(world.now() * drift, MILLION) + clockOffset;
    }

    void receive(Runnable command) {
        if (world.now() >= downUntil) {
            command.run();
        }
    }

    void restart(long duration) {
        world.note("server", () -> "restarts, for " + duration / World.MILLIS + " ms");
        downUntil = world.now() + duration;
        if (bug == Bug.TOKENS_BEGIN_AGAIN) {
            tokens.beginAgain();
        }
        world.in(duration, this::expire);
    }

    /** Forgets everything, as a server does that keeps nothing on a disk and is restarted. */
    void forget() {
        world.note("server", () -> "has lost its memory");
        table = new LockTable(clock(), this, moment -> Instant.EPOCH);
        subscribers.clear();
        withdrawn.clear();
        served.clear();
        queued.clear();
        remembersSince = clock();
        incarnation = world.nextLife();
        floorRaised = false;
        observer.resources().forEach(this::changed);
    }

    /** Has the clock jump forward, which ends leases early. */
    void stepClock(long step) {
        world.note("server", () -> "has its clock set forward by " + step / World.MILLIS + " ms");
        clockOffset += step;
        expire();
    }

    boolean raiseToken(HoldRef hold, long token) {
        boolean found = table.raiseToken(clock(), hold, token);
        changed(hold.resource());
        return found;
    }

    TokenFloor.Floor raiseFloor(long token, long life) {
        long wanted = life == incarnation ? token : 0;
        floorRaised |= wanted > 0;
        return new TokenFloor.Floor(table.raiseFloor(wanted), floorRaised, memory());
    }

    TokenFloor.Memory memory() {
        return new TokenFloor.Memory(incarnation, Duration.ofNanos(clock() - remembersSince));
    }

    /** Carries out an acquire; the subscriber hears of its turn, should it have to wait. */
    Reply acquire(AcquireRequest request, Subscriber subscriber) {
        observer.asked(request);
        Served before = served.get(request.id());
        if (withdrawn.contains(request.id()) && bug != Bug.WITHDRAWAL_NOT_REMEMBERED) {
            return new Reply.Spent(before == null ? NO_TOKEN : before.token);
        }
        if (before != null && before.startedAt - request.startedAt() >= 0 && bug != Bug.ACQUIRE_CARRIED_OUT_TWICE) {
            table.expire(clock());
            Optional<LockInfo> hold = table.inspect(clock(), request.resource());
            if (hold.isEmpty() || hold.get().fencingToken() != before.token) {
                return new Reply.Spent(before == null ? NO_TOKEN : before.token);
            }
        }
        // A late copy that comes by an old connection must not draw the news there.
        subscribers.merge(request.id(), subscriber, Subscriber::newer);
        if (bug == Bug.PLACE_LOST_AT_RECONNECT && leaveQueue(request)) {
            table.withdraw(clock(), request);
        }
        LockTable.Answer answer = table.acquire(clock(), request);
        Reply reply;
        if (answer instanceof Grant grant) {
            serve(request, grant);
            reply = new Reply.Granted(tokens.toOutside(grant), grant.leaseMillis(), grant.validUntil() - clock());
        } else if (answer instanceof LockTable.Refused refused) {
            answered(request, NO_TOKEN);
            reply = new Reply.Held(refused.holder());
        } else {
            enqueue(request);
            reply = new Reply.Queued(((LockTable.Placed) answer).holder(), clock());
        }
        changed(request.resource());
        return reply;
    }

    private void enqueue(AcquireRequest request) {
        observer.queued(request);
        List<AcquireRequest> others = queued.computeIfAbsent(request.resource(), resource -> new ArrayList<>());
        boolean again = others.stream().anyMatch(other -> other.id() == request.id());
        if (bug == Bug.LAST_COME_FIRST_SERVED && !again) {
            others.forEach(other -> table.withdraw(clock(), other));
            others.forEach(other -> table.acquire(clock(), other));
        }
        if (!again) {
            others.add(0, request);
        }
    }

    private boolean leaveQueue(AcquireRequest request) {
        List<AcquireRequest> others = queued.get(request.resource());
        return others != null && others.removeIf(other -> other.id() == request.id());
    }

    private void serve(AcquireRequest request, Grant grant) {
        leaveQueue(request);
        answered(request, grant.token());
    }

    /** Remembers the newest command of a request that has had its answer. */
    private void answered(AcquireRequest request, long token) {
        Served before = served.get(request.id());
        boolean late = before != null && before.startedAt - request.startedAt() > 0;
        served.put(request.id(), new Served(late ? before.startedAt : request.startedAt(), token));
    }

    @Override
    public void granted(AcquireRequest request, Grant grant) {
        serve(request, grant);
        observer.turnOf(request);
        Turn turn =
                new Turn.Granted(tokens.toOutside(grant), grant.leaseMillis(), clock(), grant.validUntil() - clock());
        subscribers.get(request.id()).news().accept(turn);
    }

    @Override
    public void dropped(AcquireRequest request) {
        leaveQueue(request);
        answered(request, NO_TOKEN);
        observer.left(request);
        subscribers.get(request.id()).news().accept(new Turn.Dropped());
    }

    Optional<LockInfo> withdraw(AcquireRequest request) {
        withdrawn.add(request.id());
        boolean waited = leaveQueue(request);
        observer.left(request);
        Optional<LockInfo> inTheWay = bug == Bug.WITHDRAWAL_LEAVES_ONLY_THE_QUEUE && !waited
                ? table.inspect(clock(), request.resource())
                : table.withdraw(clock(), request);
        changed(request.resource());
        return inTheWay;
    }

    boolean release(HoldRef hold) {
        HoldRef inside = bug == Bug.RELEASE_IGNORES_THE_TOKEN
                ? HoldRef.ofClient(hold.resource(), hold.client())
                : tokens.toInside(hold);
        boolean released = table.release(clock(), inside);
        changed(hold.resource());
        return released;
    }

    /** What is left of the lease after its renewal; empty if the hold is gone. */
    OptionalLong renew(HoldRef hold) {
        OptionalLong end = table.renew(clock(), tokens.toInside(hold));
        if (end.isEmpty() && bug == Bug.RENEWAL_REVIVES) {
            end = revive(hold);
        }
        changed(hold.resource());
        return end.isPresent() ? OptionalLong.of(end.getAsLong() - clock()) : end;
    }

    private OptionalLong revive(HoldRef hold) {
        if (table.inspect(clock(), hold.resource()).isPresent()) {
            return OptionalLong.empty();
        }
        AcquireRequest request =
                new AcquireRequest(world.between(0, Long.MAX_VALUE), hold.resource(), hold.client(), 100, 0, 0);
        Grant grant = (Grant) table.acquire(clock(), request);
        return OptionalLong.of(grant.validUntil());
    }

    Optional<LockInfo> inspect(String resource) {
        Optional<LockInfo> holder = table.inspect(clock(), resource);
        changed(resource);
        return holder;
    }

    int size() {
        return table.size();
    }

    private void expire() {
        if (world.now() >= downUntil) {
            table.expire(clock());
            observer.resources().forEach(this::changed);
        }
    }

    /** Tells the observers what is true now, and plans the next end of a lease. */
    private void changed(String resource) {
        observer.look(resource, table.inspect(clock(), resource).map(tokens::toOutside));
        if (expiry != null) {
            world.cancel(expiry);
        }
        OptionalLong next = table.nextExpiry();
        expiry = next.isEmpty()
                ? null
                : world.in((next.getAsLong() - clock()) * MILLION / (MILLION + drift) + 2, this::expire);
    }

    /**
     * Who hears of a request's turn.
     *
     * @param connection the number of the process's connection by which it hears
     * @param news takes the message
     */
    record Subscriber(long connection, Consumer<Turn> news) {
        Subscriber newer(Subscriber other) {
            return other.connection >= connection ? other : this;
        }
    }

    private record Served(long startedAt, long token) {}

    /** The answer to an acquire. */
    sealed interface Reply {
        /** The hold, and what is left of its lease. */
        record Granted(long token, long leaseMillis, long leftNanos) implements Reply {}

        record Held(LockInfo holder) implements Reply {}

        /** A place in the queue, and the server's clock. */
        record Queued(LockInfo holder, long clock) implements Reply {}

        /** This command has had its hold, which is gone, or was taken back. */
        record Spent(long token) implements Reply {}
    }

    /** The end of a wait. */
    sealed interface Turn {
        /** The hold, the server's clock, and what is left of its lease. */
        record Granted(long token, long leaseMillis, long clock, long leftNanos) implements Turn {}

        record Dropped() implements Turn {}
    }
}
