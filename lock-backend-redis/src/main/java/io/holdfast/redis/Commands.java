package io.holdfast.redis;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
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
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sends the scripts over one wire and reads their answers. It remembers nothing but which requests may have late copies. */
final class Commands {
    private static final byte[] NOTHING = {};
    private static final byte[] ZERO = {'0'};
    private static final byte[] MEMORY = number(LateCopies.MEMORY.toMillis());
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int ID_DIGITS = 16;

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
        List<byte[]> args = List.of(
                id(request.id()),
                KeySpace.utf8(request.client()),
                number(request.leaseMillis()),
                waitNanos <= 0 ? ZERO : number((waitNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI),
                address == null ? NOTHING : address.channel(),
                tokenLife.of(keys.get(0)));
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
        if (reply.value() instanceof byte[] token) {
            return granted(request, reply, token, request.leaseMillis());
        }
        List<?> parts = parts(reply);
        if (parts.size() == 2) {
            return granted(request, reply, (byte[]) parts.get(0), LockValue.number(parts.get(1)));
        }
        if (parts.size() == 1) {
            return new Answer.Withdrawn();
        }
        LockValue holder = LockValue.of(parts);
        return (Long) parts.get(0) == 1
                ? new Answer.Placed(holder, reply.node(), reply.sentAt(), reply.receivedAt())
                : new Answer.Refused(holder);
    }

    private static Answer granted(AcquireRequest request, Reply reply, byte[] token, long lease) {
        RedisGrant grant = new RedisGrant(
                request.resource(),
                request.client(),
                FencingTokens.parse(new String(token, StandardCharsets.US_ASCII)),
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
                .thenCompose(reply -> {
                    // Of an acquire that was sent just before, it may have become known only now that it was sent
                    // twice.
                    boolean again = !copied && (reply.resent() || lateCopies.mayCome(request.id()));
                    return again ? sendWithdrawal(request, keys, true) : CompletableFuture.completedFuture(reply);
                })
                .thenApply(reply -> described(reply, request.resource()));
    }

    private CompletableFuture<Reply> sendWithdrawal(AcquireRequest request, List<byte[]> keys, boolean copied) {
        List<byte[]> args = List.of(id(request.id()), KeySpace.utf8(request.client()), copied ? MEMORY : ZERO);
        return wire.run(Scripts.WITHDRAW, keys, args);
    }

    /** Ends a hold. Of the requests that shared it, no copy that comes late may begin another. */
    CompletableFuture<Boolean> release(HoldRef hold, List<byte[]> keys) {
        List<byte[]> args = List.of(token(hold), KeySpace.utf8(hold.client()));
        return wire.run(Scripts.RELEASE, keys, args).thenCompose(reply -> {
            boolean ended = reply.value() instanceof byte[];
            CompletableFuture<?>[] withdrawals = requestsOf(hold, reply)
                    .filter(lateCopies::mayCome)
                    .mapToObj(request -> withdraw(asRequest(request, hold), keys))
                    .toArray(CompletableFuture[]::new);
            return withdrawals.length == 0
                    ? CompletableFuture.completedFuture(ended)
                    : CompletableFuture.allOf(withdrawals).thenApply(all -> ended);
        });
    }

    private LongStream requestsOf(HoldRef hold, Reply reply) {
        if (lateCopies.areNone()) {
            return LongStream.empty();
        }
        LongStream claims = reply.value() instanceof byte[] ids
                ? Stream.of(new String(ids, StandardCharsets.US_ASCII).split(",", -1))
                        .mapToLong(Commands::parseId)
                : LongStream.empty();
        // If the answer is that of a second sending, the first one was told the claims.
        LongStream own = hold instanceof RedisGrant grant ? LongStream.of(grant.request()) : LongStream.empty();
        return LongStream.concat(own, claims).distinct();
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
                : Optional.of(LockValue.of(parts(reply)).info(resource));
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
}
