package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.holdfast.conformance.history.Call;
import io.holdfast.conformance.history.Hammer;
import io.holdfast.conformance.history.HammerPlan;
import io.holdfast.conformance.history.Rules;
import io.holdfast.conformance.history.Verdict;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Many threads of several connections at once, recorded and judged. */
class RedisHammerTest {
    private static final Rules RULES = new Rules(true, Duration.ofMillis(500));
    private static final Duration LEASE = Duration.ofMillis(200);

    @BeforeAll
    static void keepLostHoldsOutOfTheLog() {
        ((Logger) LoggerFactory.getLogger("io.holdfast")).setLevel(Level.OFF);
    }

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
