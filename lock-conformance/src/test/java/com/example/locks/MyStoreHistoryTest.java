package com.example.locks;

import io.holdfast.conformance.history.Hammer;
import io.holdfast.conformance.history.HammerPlan;
import io.holdfast.conformance.history.Rules;
import io.holdfast.conformance.history.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MyStoreHistoryTest {
    @Test
    void givesRightHistories() throws InterruptedException {
        Rules rules = new Rules(true, Duration.ofMillis(500));
        HammerPlan plan = new HammerPlan(3, 4, 4, Duration.ofMillis(200), Duration.ofSeconds(2), 1, 42);
        Verdict.of(rules, new Hammer("p", MyStore::connect, plan).run()).assertCorrect();
    }
}
