package io.holdfast.redis;

import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * When to tell a server how long it must keep a slot's fencing tokens. The one counter of a single server is kept for ever. In a
 * Cluster, where each slot has one, it is kept for a day after its last use: by then time itself has gone past all tokens.
 *
 * <p>Thread-safe.
 */
final class TokenLife {
    private static final byte[] DAY = Commands.number(Duration.ofDays(1).toMillis());
    private static final long TOLD_EVERY = Duration.ofHours(1).toNanos();

    private final boolean cluster;
    private final Ticker ticker;
    private final AtomicLongArray toldAt;

    TokenLife(boolean cluster, Ticker ticker) {
        this.cluster = cluster;
        this.ticker = ticker;
        this.toldAt = new AtomicLongArray(cluster ? SlotTags.SLOTS : 0);
    }

    /** The argument to pass with an acquire of a lock, or null if there is nothing to tell. */
    byte @Nullable [] of(byte[] lock) {
        if (!cluster) {
            return null;
        }
        int slot = SlotTags.slotOf(lock);
        long now = ticker.read();
        long told = toldAt.get(slot);
        if (told != 0 && now - told < TOLD_EVERY) {
            return null;
        }
        toldAt.set(slot, now == 0 ? 1 : now);
        return DAY;
    }
}
