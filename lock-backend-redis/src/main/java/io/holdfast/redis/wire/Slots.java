package io.holdfast.redis.wire;

import io.holdfast.redis.wire.Failure.Cure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Asks the nodes of a Cluster which primary serves which slot. Thread-safe. */
final class Slots {
    static final int COUNT = 16_384;

    private static final byte[] SLOTS = "SLOTS".getBytes(StandardCharsets.US_ASCII);

    private final Supplier<Set<HostAndPort>> seeds;
    private final Opener opener;
    private final Set<HostAndPort> known = new CopyOnWriteArraySet<>();

    /**
     * Asks nobody yet.
     *
     * @param seeds nodes that may be asked first, or when no known one answers
     * @param opener connects to them
     */
    Slots(Supplier<Set<HostAndPort>> seeds, Opener opener) {
        this.seeds = seeds;
        this.opener = opener;
    }

    /**
     * Asks one node after the other, until one can tell.
     *
     * @param nanos how long each step may take
     * @return the primary of each slot; null for those that have none
     * @throws Unreachable if no node can tell
     */
    @Nullable
    HostAndPort[] ask(long nanos) throws Unreachable {
        Set<HostAndPort> candidates = new LinkedHashSet<>(known);
        candidates.addAll(seeds.get());
        Unreachable why = null;
        for (HostAndPort node : candidates) {
            try {
                return ask(node, nanos);
            } catch (Unreachable e) {
                known.remove(node);
                why = e;
            }
        }
        String reason = why == null ? "none is known" : why.getMessage();
        throw new Unreachable(new Failure(
                "no node of the Redis Cluster tells who serves what; the last one tried: " + reason,
                why,
                true,
                why == null ? Cure.RECONNECT : why.failure().cure()));
    }

    private @Nullable HostAndPort[] ask(HostAndPort node, long nanos) throws Unreachable {
        Session session = opener.open(node, nanos);
        try {
            Object answer = session.ask(nanos, Protocol.Command.CLUSTER, SLOTS);
            if (answer instanceof List<?> ranges) {
                return table(ranges, node);
            }
            throw new Unreachable(refusal(node, answer));
        } catch (JedisException e) {
            throw new Unreachable(Failures.unreachable(node.toString(), false, e));
        } finally {
            session.abort();
        }
    }

    private static Failure refusal(HostAndPort node, @Nullable Object answer) {
        if (answer instanceof JedisDataException error) {
            Failure failure = Failures.greeted(node.toString(), error);
            return String.valueOf(error.getMessage()).contains("cluster support disabled")
                    ? new Failure(
                            "Redis at " + node + " is not a node of a Cluster: use a redis:// URI",
                            error,
                            true,
                            Cure.NONE)
                    : failure;
        }
        return new Failure("Redis at " + node + " doesn't tell its slots", null, true, Cure.RECONNECT);
    }

    private @Nullable HostAndPort[] table(List<?> ranges, HostAndPort asked) {
        @Nullable HostAndPort[] table = new HostAndPort[COUNT];
        List<HostAndPort> primaries = new ArrayList<>();
        for (Object entry : ranges) {
            List<?> range = (List<?>) entry;
            HostAndPort primary = address((List<?>) range.get(2), asked);
            primaries.add(primary);
            Arrays.fill(table, number(range.get(0)), number(range.get(1)) + 1, primary);
        }
        known.addAll(primaries);
        return table;
    }

    /** A node that doesn't know its own host leaves it out: it is the one by which it was reached. */
    private static HostAndPort address(List<?> node, HostAndPort asked) {
        String host = node.get(0) instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "";
        boolean unknown = host.isEmpty() || host.equals("?");
        return new HostAndPort(unknown ? asked.getHost() : host, number(node.get(1)));
    }

    private static int number(@Nullable Object answer) {
        return answer instanceof Long number ? number.intValue() : -1;
    }
}
