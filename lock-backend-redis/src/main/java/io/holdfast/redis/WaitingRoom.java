package io.holdfast.redis;

import io.holdfast.LockBackendException;
import io.holdfast.redis.wire.Address;
import io.holdfast.redis.wire.Wire;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of this process that wait for a resource. News of their turn come by messages. A message can be lost with its connection,
 * and a lease that runs out tells nobody: so a request is asked again when the lease in its way is over, or one as long as its own, when a subscription was lost
 * and is there again, and when a message leaves in doubt how much of the lease is left. To ask again is always safe: it finds the
 * grant, or the place in the queue.
 *
 * <p>Thread-safe.
 */
final class WaitingRoom implements Wire.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(RedisBackend.class);

    private static final long NANOS_PER_MILLI = 1_000_000;
    /** When a lease is over at the server, which counts in whole milliseconds. */
    private static final long GRACE = NANOS_PER_MILLI;
    /** How often to ask while another program holds the lock, which tells nobody when it lets go. */
    private static final long FOREIGN_PAUSE = Duration.ofMillis(100).toNanos();
    /** The shortest lease that is guessed at where it is not known. */
    private static final long SHORTEST_GUESS = Duration.ofSeconds(1).toNanos();
    /**
     * How long a process that sends nothing may not notice that a slot has gone to another node of a Cluster, where it isn't known: its connections to the old one
     * are as well as ever, and the new one takes its waiters for dead.
     */
    private static final long LONGEST_GUESS_IN_CLUSTER = Duration.ofSeconds(5).toNanos();
    /** Keeps queues alive in the server, which forgets them after three times that. */
    private static final long LONGEST_SILENCE = Duration.ofHours(1).toNanos();

    private static final long RETRY = Duration.ofMillis(100).toNanos();
    /** The part of a lease of which it may be uncertain whether it has passed; otherwise the hold is asked for again. */
    private static final int TOLERANCE = 2;

    private final ConcurrentHashMap<Long, Waiter> byRequest = new ConcurrentHashMap<>();
    private final ServerClocks clocks = new ServerClocks();
    private final Watches watches;
    private final Wire wire;
    private final Commands background;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final boolean cluster;
    private final boolean confirms;
    private volatile boolean subscribes;

    /**
     * Makes an empty room, and listens to the wire.
     *
     * @param cluster whether keys may go to other servers
     * @param confirms whether each grant must be confirmed by replicas, which a message can't tell
     */
    WaitingRoom(Wire wire, Commands background, Ticker ticker, Scheduler scheduler, boolean cluster, boolean confirms) {
        this.wire = wire;
        this.background = background;
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.cluster = cluster;
        this.confirms = confirms;
        this.watches = new Watches(ticker, scheduler, this::look);
        wire.listen(this);
    }

    /** Asks for a resource on behalf of a caller who may wait. */
    CompletableFuture<AcquireReply> acquire(Commands commands, AcquireRequest request, List<byte[]> keys) {
        Waiter waiter = byRequest.computeIfAbsent(request.id(), id -> new Waiter(request, keys));
        waiter.arrived(request, ticker.read());
        Address address = subscribes ? present(wire.address(waiter.lock())) : null;
        return ask(commands, waiter, address);
    }

    private static @Nullable Address present(CompletableFuture<Address> address) {
        return address.isDone() && !address.isCompletedExceptionally() ? address.join() : null;
    }

    private CompletableFuture<AcquireReply> ask(Commands commands, Waiter waiter, @Nullable Address address) {
        CompletableFuture<Answer> answer = send(commands, waiter, address);
        if (answer == null) {
            return CompletableFuture.failedFuture(withdrawn(waiter));
        }
        return answer.whenComplete((given, failure) -> {
                    if (failure != null) {
                        settle(waiter);
                    }
                })
                .thenCompose(given -> firstReply(commands, waiter, address, given));
    }

    /** Sends a request with the time it has left; not with none at all, which would be another wish: to try once. */
    private @Nullable CompletableFuture<Answer> send(Commands commands, Waiter waiter, @Nullable Address address) {
        AcquireRequest request = waiter.request();
        long left = Math.max(1, waiter.waitLeft(ticker.read()));
        return waiter.send(address, () -> commands.acquire(request, waiter.keys(), left, address));
    }

    private CompletableFuture<AcquireReply> firstReply(
            Commands commands, Waiter waiter, @Nullable Address address, Answer answer) {
        String resource = waiter.request().resource();
        if (answer instanceof Answer.Granted granted) {
            settle(waiter);
            return commands.accept(waiter.request(), waiter.keys(), granted);
        }
        if (answer instanceof Answer.Placed placed) {
            watch(waiter, placed);
            if (waiter.endFirstAsking() && !waiter.isGone()) {
                askOnce(waiter);
            }
            return CompletableFuture.completedFuture(
                    new AcquireReply.Queued(placed.holder().info(resource), waiter.turn()));
        }
        if (answer instanceof Answer.Withdrawn) {
            settle(waiter);
            return CompletableFuture.failedFuture(withdrawn(waiter));
        }
        Answer.Refused refused = (Answer.Refused) answer;
        if (address != null || waiter.waitLeft(ticker.read()) <= 0) {
            settle(waiter);
            return commands.refuse(waiter.request(), waiter.keys(), refused);
        }
        // The first contention: from now on there is a subscription, and a request is queued at once.
        subscribes = true;
        return wire.address(waiter.lock())
                .whenComplete((subscribed, failure) -> {
                    if (failure != null) {
                        settle(waiter);
                    }
                })
                .thenCompose(subscribed -> ask(commands, waiter, subscribed));
    }

    private static LockBackendException withdrawn(Waiter waiter) {
        return LockBackendException.notApplied(
                "the request for resource '" + waiter.request().resource() + "' has been withdrawn", null);
    }

    private void watch(Waiter waiter, Answer.Placed placed) {
        LockValue holder = placed.holder();
        clocks.learn(placed.node(), holder.serverMicros(), placed.sentAt(), placed.receivedAt());
        long left = holder.millisLeft() < 0
                ? LONGEST_SILENCE
                : Math.min(holder.millisLeft(), LONGEST_SILENCE / NANOS_PER_MILLI) * NANOS_PER_MILLI + GRACE;
        // The resource may be handed on to somebody whose lease ends sooner, and only he is told. Mostly all leases are
        // alike.
        long lease = waiter.request().leaseMillis() * NANOS_PER_MILLI;
        long guess = Math.max(cluster ? Math.min(lease, LONGEST_GUESS_IN_CLUSTER) : lease, SHORTEST_GUESS);
        long pause = Math.min(left, holder.isForeign() ? FOREIGN_PAUSE : guess);
        watches.add(waiter, placed.receivedAt() + pause);
    }

    /** Forgets a request; true if this ended it. */
    private boolean settle(Waiter waiter) {
        if (!waiter.end()) {
            return false;
        }
        byRequest.remove(waiter.request().id(), waiter);
        watches.remove(waiter);
        return true;
    }

    /** Forgets a request that is about to be withdrawn: nothing is sent for it after this. */
    void leave(AcquireRequest request) {
        Waiter waiter = byRequest.get(request.id());
        if (waiter != null && settle(waiter)) {
            boolean unused = waiter.awaitSending();
        }
    }

    /** Fails all that wait. */
    void close(LockBackendException reason) {
        for (Waiter waiter : byRequest.values()) {
            if (settle(waiter)) {
                waiter.turn().completeExceptionally(reason);
            }
        }
    }

    // Releases.

    /** Ends a hold. If a request that waits here has its turn by that, the answer says so, and no message is needed. */
    CompletableFuture<Boolean> release(Commands commands, HoldRef hold, List<byte[]> keys) {
        if (hold.token() == HoldRef.ANY_TOKEN) {
            return releaseAny(commands, hold, keys, HoldRef.ANY_TOKEN);
        }
        Address here = subscribes && !byRequest.isEmpty() ? present(wire.address(keys.get(0))) : null;
        return commands.release(hold, keys, here, (released, failure) -> {
            boolean mayHaveToldBefore = released == null || released.resent() || !released.ended();
            if (mayHaveToldBefore) {
                // Perhaps it ended the hold at another sending, whose answer is lost.
                askForAll(hold.resource());
            }
            if (released != null) {
                released.granted().forEach(request -> granted(request, released));
            }
        });
    }

    /**
     * Ends whichever hold a client has, by its token: a release that was sent twice and named only the client could end its next hold as well.
     *
     * @param gone the token of a hold that was there, and had ended before it could be released
     */
    private CompletableFuture<Boolean> releaseAny(Commands commands, HoldRef client, List<byte[]> keys, long gone) {
        return commands.find(client, keys).thenCompose(found -> {
            if (found.isEmpty() || found.get().token() == gone) {
                return CompletableFuture.completedFuture(false);
            }
            HoldRef hold = found.get();
            return release(commands, hold, keys)
                    .thenCompose(ended -> ended
                            ? CompletableFuture.completedFuture(true)
                            : releaseAny(commands, client, keys, hold.token()));
        });
    }

    private void granted(long request, Released released) {
        Waiter waiter = byRequest.get(request);
        if (waiter == null) {
            // Granted by the answer to a request already, or withdrawn.
            return;
        }
        if (confirms) {
            askAgain(waiter);
            return;
        }
        if (released.sentAt() - waiter.request().startedAt() < 0) {
            // The request was sent anew since: what it was granted before may be over.
            askAgain(waiter);
            return;
        }
        finish(waiter, grant(waiter, released.token(), released.leaseMillis(), released.sentAt()));
    }

    private static RedisGrant grant(Waiter waiter, long token, long leaseMillis, long begin) {
        AcquireRequest request = waiter.request();
        return new RedisGrant(
                request.resource(),
                request.client(),
                token,
                leaseMillis,
                RedisGrant.certainEnd(begin, leaseMillis),
                request.id());
    }

    /** Has all those who wait for a resource ask again: one alone may leave before it has an answer. */
    private void askForAll(String resource) {
        byRequest.values().stream()
                .filter(waiter -> waiter.request().resource().equals(resource))
                .forEach(this::askAgain);
    }

    // News.

    @Override
    public void message(Address from, byte[] payload) {
        News news = News.parse(payload);
        Waiter waiter = byRequest.get(news.request());
        if (waiter == null) {
            // It was granted by the answer to a request, or has been withdrawn.
            return;
        }
        News.Granted granted = news.grant();
        if (granted == null) {
            // By the server's clock, which may have been set, or be another server's after a fail-over. A wait ends by
            // the local one. And what was sent last may be granted all the same, so that nothing is known to be over
            // before it is taken back.
            askAgain(waiter);
        } else {
            granted(waiter, from, granted);
        }
    }

    private void granted(Waiter waiter, Address from, News.Granted granted) {
        long now = ticker.read();
        AcquireRequest request = waiter.request();
        Optional<ServerClocks.Span> set = clocks.whenWas(from.node(), granted.serverMicros(), now);
        // Nothing was granted before it was asked for, nor after the news came.
        long begin = set.map(ServerClocks.Span::earliest)
                .filter(earliest -> earliest - request.startedAt() > 0)
                .orElse(request.startedAt());
        long latest = set.map(ServerClocks.Span::latest)
                .filter(moment -> moment - now < 0)
                .orElse(now);
        // News that are older than the request are those of an earlier sending.
        boolean uncertain = latest - begin < 0
                || latest - begin > granted.leaseMillis() * NANOS_PER_MILLI / TOLERANCE
                || begin - now > 0;
        if (confirms || uncertain) {
            askAgain(waiter);
            return;
        }
        finish(waiter, grant(waiter, granted.token(), granted.leaseMillis(), begin));
    }

    private void finish(Waiter waiter, RedisGrant grant) {
        if (settle(waiter)) {
            if (waiter.isFirstAsked()) {
                // Whoever gets the grant may release it at once: what asks again must reach the server before that.
                boolean unused = waiter.awaitSending();
            }
            waiter.turn().complete(Optional.of(grant));
        }
    }

    @Override
    public void resubscribed(Address now) {
        byRequest.values().forEach(this::askAgain);
    }

    // Asking again.

    private void look(List<Waiter> waiters, boolean due) {
        Waiter first = waiters.get(0);
        if (due) {
            askAgain(first);
        }
        // The resource may have moved to a server where this process wasn't known yet.
        Address present = present(wire.address(first.lock()));
        for (Waiter waiter : waiters) {
            boolean moved = present != null && waiter.address() != null && !present.equals(waiter.address());
            if (moved || waiter.waitLeft(ticker.read()) <= 0) {
                askAgain(waiter);
            }
        }
    }

    private void askAgain(Waiter waiter) {
        if (!waiter.isGone() && waiter.wantAsking()) {
            askOnce(waiter);
        }
    }

    /** What is wanted while an answer is on its way may concern what happened after that was given: it is done afterwards. */
    private void askOnce(Waiter waiter) {
        if (waiter.waitLeft(ticker.read()) <= 0) {
            giveUp(waiter);
            return;
        }
        int wanted = waiter.asksWanted();
        // Without a subscription the request is sent all the same: it keeps its place, and may be granted by the
        // answer.
        CompletableFuture<?> unused = wire.address(waiter.lock())
                .handle((address, failure) -> failure == null ? address : waiter.address())
                .thenCompose(address -> {
                    CompletableFuture<Answer> answer = send(background, waiter, address);
                    return answer == null ? CompletableFuture.completedFuture(new Answer.Withdrawn()) : answer;
                })
                .whenComplete((answer, failure) -> {
                    if (failure == null) {
                        answered(waiter, answer);
                        if (waiter.isWantedAgain(wanted) && !waiter.isGone()) {
                            askOnce(waiter);
                        }
                    } else if (!waiter.isGone()) {
                        LOG.debug(
                                "could not ask again for '{}'", waiter.request().resource(), failure);
                        scheduler.schedule(() -> askOnce(waiter), RETRY);
                    }
                });
    }

    /** Its time is over: it must not be granted what becomes free later, but has what it was granted just before. */
    private void giveUp(Waiter waiter) {
        if (!settle(waiter)) {
            return;
        }
        CompletableFuture<?> unused = background
                .leaveQueue(waiter.request(), waiter.keys())
                .whenComplete((granted, failure) -> {
                    if (failure != null) {
                        waiter.turn().completeExceptionally(failure);
                    } else if (granted.isPresent()) {
                        accept(waiter, granted.get());
                    } else {
                        waiter.turn().complete(Optional.empty());
                    }
                });
    }

    private void answered(Waiter waiter, Answer answer) {
        if (answer instanceof Answer.Granted granted) {
            turnCame(waiter, granted);
        } else if (answer instanceof Answer.Placed placed) {
            watch(waiter, placed);
            // Somebody here may have the resource and not know it.
            placed.holder()
                    .claims()
                    .mapToObj(byRequest::get)
                    .filter(Objects::nonNull)
                    .forEach(this::askAgain);
        } else if (answer instanceof Answer.Refused) {
            // It was sent without an address, and isn't in the queue: there will be one.
            LOG.debug("'{}' could not be queued yet", waiter.request().resource());
            scheduler.schedule(() -> askAgain(waiter), RETRY);
        } else if (settle(waiter)) {
            waiter.turn().completeExceptionally(withdrawn(waiter));
        }
    }

    private void turnCame(Waiter waiter, Answer.Granted granted) {
        // Otherwise told by a message meanwhile, or withdrawn, which reaches the server after this.
        if (settle(waiter)) {
            accept(waiter, granted);
        }
    }

    private void accept(Waiter waiter, Answer.Granted granted) {
        CompletableFuture<?> unused = background
                .accept(waiter.request(), waiter.keys(), granted)
                .whenComplete((reply, failure) -> {
                    if (failure != null) {
                        waiter.turn().completeExceptionally(failure);
                    } else {
                        waiter.turn().complete(Optional.of(granted.grant()));
                    }
                });
    }
}
