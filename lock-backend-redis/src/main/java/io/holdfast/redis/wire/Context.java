package io.holdfast.redis.wire;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of a wire share.
 *
 * @param limits how long things may take
 * @param ticker the time
 * @param scheduler runs things later
 * @param channelPrefix what channel names begin with
 * @param listener who is told of messages, once that is known
 */
record Context(
        Limits limits,
        Ticker ticker,
        Scheduler scheduler,
        String channelPrefix,
        AtomicReference<Wire.@Nullable Listener> listener) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A channel that nobody else listens to: 96 random bits. */
    String newChannel() {
        byte[] id = new byte[12];
        RANDOM.nextBytes(id);
        // The scripts keep it as a word among others.
        return channelPrefix.replaceAll("\\s", "_") + HexFormat.of().formatHex(id);
    }
}
