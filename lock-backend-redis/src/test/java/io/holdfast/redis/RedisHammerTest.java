package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.conformance.history.Call;
import io.holdfast.conformance.history.Hammer;
import io.holdfast.conformance.history.HammerPlan;
import io.holdfast.conformance.history.Rules;
import io.holdfast.conformance.history.Verdict;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many threads of several connections at once, recorded and judged. */
class RedisHammerTest {
    /** A busy machine notices the end of a lease late. */
    private static final Rules RULES = new Rules(true, Duration.ofSeconds(2));

    private static final Duration LEASE = Duration.ofMillis(200);

    @Test
    void givesRightHistories() throws InterruptedException {
        HammerPlan plan = new HammerPlan(3, 4, 4, LEASE, Duration.ofSeconds(8), 4, 1);
        try (RedisServer server = RedisServer.start()) {
            List<Call> history = new Hammer("p", () -> TestBackends.connect(server.uri()), plan).run();

            assertThat(history).hasSizeGreaterThan(500);
            Verdict.of(RULES, history).assertCorrect();
        }
    }
}
