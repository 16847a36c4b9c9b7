package io.holdfast.redis;

import io.holdfast.redis.wire.Node;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is certain of how the servers' clocks relate to this process's ticker. A server that tells its time in an answer did so between
 * the sending of the question and the arrival of the answer, which bounds the difference of the two clocks from both sides.
 * With time the bounds widen by what the clocks may drift apart; they are forgotten when the connection becomes another one, or
 * when a new answer contradicts them because a clock was set.
 *
 * <p>Thread-safe.
 */
final class ServerClocks {
    private static final long DRIFT = 1_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final ConcurrentHashMap<String, Bounds> byServer = new ConcurrentHashMap<>();

    /** Learns from an answer. */
    void learn(Node node, long serverMicros, long sentAt, long receivedAt) {
        long server = serverMicros * NANOS_PER_MICRO;
        Bounds fresh = new Bounds(node.epoch(), sentAt - server, receivedAt - server, receivedAt);
        byServer.merge(node.name(), fresh, Bounds::narrowedBy);
    }

    /**
     * What a moment of a server's clock can have been on this process's ticker.
     *
     * @return nothing for a server whose clock isn't known
     */
    Optional<Span> whenWas(Node node, long serverMicros, long now) {
        Bounds bounds = byServer.get(node.name());
        if (bounds == null || bounds.epoch != node.epoch()) {
            return Optional.empty();
        }
        Bounds present = bounds.widenedTo(now);
        long server = serverMicros * NANOS_PER_MICRO;
        return Optional.of(new Span(server + present.low, server + present.high));
    }

    /** The earliest and the latest that something can have happened. */
    record Span(long earliest, long latest) {}

    /** The least and the greatest that the ticker can be ahead of the server's clock, as of one moment. */
    private record Bounds(long epoch, long low, long high, long moment) {
        Bounds widenedTo(long now) {
            long drift = Math.max(0, now - moment) / DRIFT;
            return new Bounds(epoch, low - drift, high + drift, now);
        }

        Bounds narrowedBy(Bounds fresh) {
            if (fresh.epoch != epoch) {
                return fresh.epoch - epoch > 0 ? fresh : this;
            }
            Bounds old = widenedTo(fresh.moment);
            long bestLow = later(old.low, fresh.low);
            long bestHigh = -later(-old.high, -fresh.high);
            return bestHigh - bestLow < 0 ? fresh : new Bounds(epoch, bestLow, bestHigh, fresh.moment);
        }

        private static long later(long one, long other) {
            return one - other > 0 ? one : other;
        }
    }
}
