package io.holdfast.redis;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.redis.wire.Address;
import io.holdfast.redis.wire.Reply;
import io.holdfast.redis.wire.Wire;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Sends the scripts over one wire and reads their answers. It remembers nothing but which requests may have late copies. */
final class Commands {
    private static final byte[] NOTHING = {};
    private static final byte[] ZERO = {'0'};
    private static final byte[] KEEP = {'k'};
    private static final byte[] MEMORY = number(LateCopies.MEMORY.toMillis());
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int ID_DIGITS = 16;
    private static final char REFUSED = '0';
    private static final char QUEUED = '1';
    private static final char WITHDRAWN = '2';
    private static final CompletableFuture<Boolean> ENDED = CompletableFuture.completedFuture(true);
    private static final CompletableFuture<Boolean> NOT_ENDED = CompletableFuture.completedFuture(false);

    private final Wire wire;
    private final Ticker ticker;
    private final LateCopies lateCopies;
    private final TokenLife tokenLife;

    Commands(Wire wire, Ticker ticker, LateCopies lateCopies, TokenLife tokenLife) {
        this.wire = wire;
        this.ticker = ticker;
        this.lateCopies = lateCopies;
        this.tokenLife = tokenLife;
    }

    /**
     * Asks for a resource.
     *
     * @param waitNanos how long the request may still wait; 0 or less means that it may not
     * @param address where news reach this process; null means that it can't be queued yet
     */
    CompletableFuture<Answer> acquire(
            AcquireRequest request, List<byte[]> keys, long waitNanos, @Nullable Address address) {
        byte[] lease = number(request.leaseMillis());
        byte[] hold = Words.join(lease, id(request.id()), KeySpace.utf8(request.client()));
        byte[] life = tokenLife.of(keys.get(0));
        List<byte[]> args = life == null
                ? List.of(hold, lease, waiting(waitNanos, address))
                : List.of(hold, lease, waiting(waitNanos, address), life);
        return wire.run(Scripts.ACQUIRE, keys, args, true).handle((reply, failure) -> {
            if (failure != null) {
                noteCopies(request.id(), failure);
                throw asCompletion(failure);
            }
            if (reply.resent()) {
                lateCopies.add(request.id(), ticker.read());
            }
            return answer(request, reply);
        });
    }

    private static byte[] waiting(long waitNanos, @Nullable Address address) {
        return waitNanos <= 0
                ? NOTHING
                : Words.join(
                        number((waitNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI),
                        address == null ? NOTHING : address.channel());
    }

    /** Asks for a resource on behalf of a caller who may not wait. */
    CompletableFuture<AcquireReply> tryAcquire(AcquireRequest request, List<byte[]> keys) {
        return acquire(request, keys, 0, null).thenCompose(answer -> {
            if (answer instanceof Answer.Granted granted) {
                return accept(request, keys, granted);
            }
            if (answer instanceof Answer.Refused refused) {
                return refuse(request, keys, refused);
            }
            return CompletableFuture.failedFuture(LockBackendException.notApplied(
                    "the request for resource '" + request.resource() + "' has been withdrawn", null));
        });
    }

    /** Hands a grant out, or gives it back if too few replicas have it. */
    CompletableFuture<AcquireReply> accept(AcquireRequest request, List<byte[]> keys, Answer.Granted granted) {
        if (granted.durable()) {
            return CompletableFuture.completedFuture(granted.grant());
        }
        return withdraw(request, keys).handle((inTheWay, failure) -> {
            throw new CompletionException(LockBackendException.outcomeUnknown(
                    "the grant of resource '" + request.resource() + "' was not confirmed by enough replicas in time",
                    failure));
        });
    }

    /** Says that somebody else holds the resource; a late copy of the request must not be granted when it is free. */
    CompletableFuture<AcquireReply> refuse(AcquireRequest request, List<byte[]> keys, Answer.Refused refused) {
        AcquireReply held = new AcquireReply.Held(refused.holder().info(request.resource()));
        return lateCopies.mayCome(request.id())
                ? withdraw(request, keys).thenApply(unused -> held)
                : CompletableFuture.completedFuture(held);
    }

    private void noteCopies(long request, Throwable failure) {
        boolean certain = unwrapped(failure) instanceof LockBackendException known && known.outcomeKnown();
        if (!certain) {
            lateCopies.add(request, ticker.read());
        }
    }

    private static CompletionException asCompletion(Throwable failure) {
        return failure instanceof CompletionException wrapped ? wrapped : new CompletionException(failure);
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static Answer answer(AcquireRequest request, Reply reply) {
        Words words = new Words(text(reply));
        if (words.isAlone(WITHDRAWN)) {
            return new Answer.Withdrawn();
        }
        boolean queued = words.startsWith(QUEUED);
        if (queued || words.startsWith(REFUSED)) {
            words.skip();
            LockValue holder = LockValue.of(words);
            return queued
                    ? new Answer.Placed(holder, reply.node(), reply.sentAt(), reply.receivedAt())
                    : new Answer.Refused(holder);
        }
        long token = words.token();
        return granted(request, reply, token, words.isAtEnd() ? request.leaseMillis() : words.number());
    }

    private static Answer granted(AcquireRequest request, Reply reply, long token, long lease) {
        RedisGrant grant = new RedisGrant(
                request.resource(),
                request.client(),
                token,
                lease,
                RedisGrant.certainEnd(reply.sentAt(), lease),
                request.id());
        return new Answer.Granted(grant, reply.durable());
    }

    /**
     * Takes a request back.
     *
     * @return completes with the hold that is in its way now
     */
    CompletableFuture<Optional<LockInfo>> withdraw(AcquireRequest request, List<byte[]> keys) {
        boolean copied = lateCopies.mayCome(request.id());
        return sendWithdrawal(request, keys, copied)
                .thenCompose(reply -> mayComeAfterAll(request, copied, reply)
                        ? sendWithdrawal(request, keys, true)
                        : CompletableFuture.completedFuture(reply))
                .thenApply(reply -> described(reply, request.resource()));
    }

    /**
     * Takes a request back whose time is over, unless it had its turn before.
     *
     * @return completes with what it was granted, if it was
     */
    CompletableFuture<Optional<Answer.Granted>> leaveQueue(AcquireRequest request, List<byte[]> keys) {
        boolean copied = lateCopies.mayCome(request.id());
        List<byte[]> args = List.of(id(request.id()), KeySpace.utf8(request.client()), copied ? MEMORY : ZERO, KEEP);
        return wire.run(Scripts.WITHDRAW, keys, args, true).thenCompose(reply -> {
            if (reply.value() != null && answer(request, reply) instanceof Answer.Granted granted) {
                return CompletableFuture.completedFuture(Optional.of(granted));
            }
            return mayComeAfterAll(request, copied, reply)
                    ? sendWithdrawal(request, keys, true).thenApply(withdrawn -> Optional.empty())
                    : CompletableFuture.completedFuture(Optional.empty());
        });
    }

    /** Of an acquire that was sent just before its withdrawal, it may have become known only now that it was sent twice. */
    private boolean mayComeAfterAll(AcquireRequest request, boolean copied, Reply withdrawn) {
        return !copied && (withdrawn.resent() || lateCopies.mayCome(request.id()));
    }

    private CompletableFuture<Reply> sendWithdrawal(AcquireRequest request, List<byte[]> keys, boolean copied) {
        List<byte[]> args = List.of(id(request.id()), KeySpace.utf8(request.client()), copied ? MEMORY : ZERO);
        return wire.run(Scripts.WITHDRAW, keys, args);
    }

    /**
     * Ends a hold. Of the requests that shared it, no copy that comes late may begin another.
     *
     * @param here where this process is, if it is to be told by the answer which of its requests are granted by that; or null
     * @param heed is told of the answer, or of the failure, before anybody else
     */
    CompletableFuture<Boolean> release(
            HoldRef hold,
            List<byte[]> keys,
            @Nullable Address here,
            BiConsumer<@Nullable Released, @Nullable Throwable> heed) {
        byte[] expected = expected(hold);
        List<byte[]> args = here == null ? List.of(expected) : List.of(expected, here.channel());
        return wire.run(
                        Scripts.RELEASE,
                        KeySpace.ofRelease(keys),
                        args,
                        (reply, failure) -> heed.accept(reply == null ? null : Released.of(reply), failure))
                .thenCompose(reply -> {
                    if (lateCopies.areNone()) {
                        return outcome(hold, reply);
                    }
                    CompletableFuture<?>[] withdrawals = requestsOf(hold, Released.of(reply))
                            .filter(lateCopies::mayCome)
                            .mapToObj(request -> withdraw(asRequest(request, hold), keys))
                            .toArray(CompletableFuture[]::new);
                    return CompletableFuture.allOf(withdrawals).thenCompose(all -> outcome(hold, reply));
                });
    }

    /** Who ended a hold that isn't there at the second sending can't be told: perhaps it was the first one, whose answer was lost. */
    private static CompletableFuture<Boolean> outcome(HoldRef hold, Reply reply) {
        if (Released.isEnd(reply)) {
            return ENDED;
        }
        return reply.resent()
                ? CompletableFuture.failedFuture(LockBackendException.outcomeUnknown(
                        "the hold of '" + hold.resource()
                                + "' has ended, but the answer that tells whether this release did it was lost",
                        null))
                : NOT_ENDED;
    }

    /** Finds the hold that a client has of a resource, if it has one. */
    CompletableFuture<Optional<HoldRef>> find(HoldRef client, List<byte[]> keys) {
        return inspect(client.resource(), KeySpace.ofInspect(keys))
                .thenApply(info -> info.filter(held -> held.status() == LockStatus.HELD)
                        .filter(held -> held.client().equals(client.client()))
                        .map(FoundHold::of));
    }

    /** What the lock's value says after its sign, if nobody shares the hold. */
    private static byte[] expected(HoldRef hold) {
        boolean known = hold instanceof RedisGrant;
        return Words.join(
                token(hold),
                known ? number(((RedisGrant) hold).leaseMillis()) : ZERO,
                known ? id(((RedisGrant) hold).request()) : ZERO,
                KeySpace.utf8(hold.client()));
    }

    private static LongStream requestsOf(HoldRef hold, Released released) {
        // If the answer is that of a second sending, the first one was told the claims.
        LongStream own = hold instanceof RedisGrant grant ? LongStream.of(grant.request()) : LongStream.empty();
        return LongStream.concat(own, released.claims().stream().mapToLong(Long::longValue))
                .distinct();
    }

    private AcquireRequest asRequest(long id, HoldRef hold) {
        return new AcquireRequest(id, hold.resource(), hold.client(), 1, 0, ticker.read());
    }

    CompletableFuture<Optional<LockInfo>> inspect(String resource, List<byte[]> keys) {
        return wire.run(Scripts.INSPECT, keys, List.of()).thenApply(reply -> described(reply, resource));
    }

    /** Renews holds whose locks are in one slot, or anywhere in a single server; the reply holds one lease for each. */
    CompletableFuture<Reply> renew(List<byte[]> locks, List<byte[]> tokensAndClients) {
        return wire.run(Scripts.RENEW, locks, tokensAndClients, true);
    }

    static byte[] token(HoldRef hold) {
        return hold.token() == HoldRef.ANY_TOKEN
                ? NOTHING
                : FencingTokens.format(hold.token()).getBytes(StandardCharsets.US_ASCII);
    }

    private static Optional<LockInfo> described(Reply reply, String resource) {
        return reply.value() == null
                ? Optional.empty()
                : Optional.of(described(reply).info(resource));
    }

    private static LockValue described(Reply reply) {
        Words words = new Words(text(reply));
        words.skip();
        return LockValue.of(words);
    }

    private static byte[] text(Reply reply) {
        if (reply.value() instanceof byte[] text) {
            return text;
        }
        throw LockBackendException.outcomeUnknown("the script's answer is of a kind that no script gives", null);
    }

    static List<?> parts(Reply reply) {
        if (reply.value() instanceof List<?> list) {
            return list;
        }
        throw LockBackendException.outcomeUnknown("the script's answer is of a kind that no script gives", null);
    }

    static byte[] number(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] id(long id) {
        byte[] digits = new byte[ID_DIGITS];
        long rest = id;
        for (int i = ID_DIGITS - 1; i >= 0; i--) {
            digits[i] = (byte) Character.forDigit((int) (rest & 0xF), ID_DIGITS);
            rest >>>= 4;
        }
        return digits;
    }

    static long parseId(String digits) {
        return HexFormat.fromHexDigitsToLong(digits);
    }

    /** A hold as somebody else sees it. */
    private record FoundHold(String resource, String client, long token) implements HoldRef {
        static HoldRef of(LockInfo held) {
            return new FoundHold(held.resource(), held.client(), held.fencingToken());
        }
    }
}
