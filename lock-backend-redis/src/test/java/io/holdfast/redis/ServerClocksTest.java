package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.redis.wire.Node;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServerClocksTest {
    private static final Node NODE = new Node("server:1", 1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long UNKNOWN = -1;
    /** What the server's clock shows when the ticker shows 0, in microseconds. */
    private static final long SERVER_START = 1_767_225_600_000_000L;

    private final ServerClocks clocks = new ServerClocks();

    @Test
    void aServerThatHasNotAnsweredIsUnknown() {
        assertThat(earliest(NODE, 10 * MILLI, 10 * MILLI)).isEqualTo(UNKNOWN);
    }

    @Test
    void anAnswerBoundsTheServersClockByTheTimeItTook() {
        // Read at 12 ms of the ticker, but all that is known is that it was between 10 and 15.
        learn(NODE, 12 * MILLI, 10 * MILLI, 15 * MILLI);
        assertThat(earliest(NODE, 20 * MILLI, 15 * MILLI)).isEqualTo(18 * MILLI);
    }

    @Test
    void theLatestMomentIsBoundedToo() {
        learn(NODE, 12 * MILLI, 10 * MILLI, 15 * MILLI);
        assertThat(clocks.whenWas(NODE, SERVER_START + 20_000, 15 * MILLI)
                        .orElseThrow()
                        .latest())
                .isEqualTo(23 * MILLI);
    }

    @Test
    void aQuickerAnswerNarrowsTheBounds() {
        learn(NODE, 12 * MILLI, 5 * MILLI, 15 * MILLI);
        learn(NODE, 15 * MILLI, 15 * MILLI, 15 * MILLI);
        assertThat(earliest(NODE, 20 * MILLI, 15 * MILLI)).isEqualTo(20 * MILLI);
    }

    @Test
    void theBoundsOfAQuickAnswerOutlastASlowOne() {
        learn(NODE, 15 * MILLI, 15 * MILLI, 15 * MILLI);
        learn(NODE, 16 * MILLI, 15 * MILLI, 40 * MILLI);
        assertThat(earliest(NODE, 40 * MILLI, 40 * MILLI)).isBetween(39 * MILLI, 40 * MILLI);
    }

    @Test
    void theBoundsWidenAsTheClocksMayDriftApart() {
        learn(NODE, 0, 0, 0);
        assertThat(earliest(NODE, 5_000 * MILLI, 5_000 * MILLI)).isEqualTo(4_995 * MILLI);
    }

    @Test
    void aClockThatWasSetIsLearntAnew() {
        learn(NODE, 0, 0, MILLI);
        learn(NODE, 3_600_000 * MILLI, 10 * MILLI, 11 * MILLI);
        assertThat(earliest(NODE, 3_600_001 * MILLI, 11 * MILLI)).isEqualTo(11 * MILLI);
    }

    @Test
    void anotherConnectionMayLeadToAnotherClock() {
        learn(NODE, 0, 0, MILLI);
        assertThat(earliest(new Node("server:1", 2), MILLI, MILLI)).isEqualTo(UNKNOWN);
        learn(new Node("server:1", 2), 0, 0, MILLI);
        learn(NODE, 500 * MILLI, 0, MILLI);
        assertThat(earliest(new Node("server:1", 2), MILLI, MILLI)).isEqualTo(MILLI);
    }

    /** The server's clock showed this much more than at the start, somewhere between two moments of the ticker. */
    private void learn(Node node, long shown, long sentAt, long receivedAt) {
        clocks.learn(node, SERVER_START + shown / 1_000, sentAt, receivedAt);
    }

    private long earliest(Node node, long shown, long now) {
        return clocks.whenWas(node, SERVER_START + shown / 1_000, now)
                .map(ServerClocks.Span::earliest)
                .orElse(UNKNOWN);
    }
}
