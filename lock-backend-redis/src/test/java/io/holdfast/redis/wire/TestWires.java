package io.holdfast.redis.wire;

import java.time.Duration;

/** Wires of tests in which every answer comes: however busy the machine is. */
final class TestWires {
    /** Longer than a busy machine keeps anybody waiting. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private TestWires() {}

    static WireBuilder to(String uri) {
        return WireBuilder.to(uri).answerTimeout(PATIENCE).connectTimeout(PATIENCE);
    }
}
