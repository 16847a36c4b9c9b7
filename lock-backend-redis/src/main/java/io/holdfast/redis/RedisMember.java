package io.holdfast.redis;

import io.holdfast.LockBackendException;
import io.holdfast.redis.wire.Reply;
import io.holdfast.redis.wire.Script;
import io.holdfast.redis.wire.Wire;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import io.holdfast.spi.TokenFloor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * A single server, or one behind Sentinels, which can be a member of a quorum. A Cluster can't: its tokens and its memory are
 * in many servers, which no script reaches at once.
 *
 * <p>How old a memory is, is counted by the server's wall clock, as leases are: Redis tells no other.
 */
final class RedisMember extends RedisBackend implements TokenFloor {
    private static final byte[] AS_THEY_ARE = {};
    /** Any resource will do where none is meant. */
    private static final String ANY = "any";

    private final Wire wire;
    private final KeySpace keySpace;

    RedisMember(Wire wire, String prefix, boolean confirms, Ticker ticker, Scheduler scheduler, Runnable onClose) {
        super(wire, prefix, false, confirms, ticker, scheduler, onClose);
        this.wire = wire;
        this.keySpace = KeySpace.single(prefix);
    }

    @Override
    public CompletionStage<Raised> raiseToken(HoldRef hold, long token) {
        List<byte[]> args = List.of(Commands.token(hold), KeySpace.utf8(hold.client()), id(token), freshLife());
        return run(
                Scripts.RAISE_TOKEN, hold.resource(), args, parts -> new Raised(isOne(parts.get(0)), memory(parts, 1)));
    }

    @Override
    public CompletionStage<Floor> raiseFloor(long token, long incarnation) {
        List<byte[]> args = List.of(token == 0 ? AS_THEY_ARE : id(token), Commands.number(incarnation), freshLife());
        return run(
                Scripts.RAISE_FLOOR,
                ANY,
                args,
                parts -> new Floor(FencingTokens.parse(text(parts.get(0))), isOne(parts.get(1)), memory(parts, 2)));
    }

    private <T> CompletionStage<T> run(Script script, String resource, List<byte[]> args, Function<List<?>, T> answer) {
        if (isClosed()) {
            return CompletableFuture.failedFuture(closedException());
        }
        return wire.run(script, keySpace.withMemory(resource), args, true)
                .thenApply(reply -> answer.apply(confirmed(reply)));
    }

    private static List<?> confirmed(Reply reply) {
        if (!reply.durable()) {
            throw new CompletionException(LockBackendException.outcomeUnknown(
                    "the raised tokens were not confirmed by enough replicas in time", null));
        }
        return Commands.parts(reply);
    }

    private static Memory memory(List<?> parts, int first) {
        return new Memory(Long.parseLong(text(parts.get(first))), Duration.ofMillis((Long) parts.get(first + 1)));
    }

    private static boolean isOne(Object part) {
        return Long.valueOf(1).equals(part);
    }

    private static String text(Object part) {
        return new String((byte[]) part, StandardCharsets.US_ASCII);
    }

    private static byte[] id(long token) {
        return FencingTokens.format(token).getBytes(StandardCharsets.US_ASCII);
    }

    /** Not zero, which stands for no life. */
    private static byte[] freshLife() {
        return Commands.number(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    }
}
