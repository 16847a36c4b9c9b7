package io.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.report.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Step PLAYED = new Step(Family.REDIS, Scenario.WAKE_UP, 1, Contestant.REDISSON);
    private static final Step FAILED = new Step(Family.REDIS, Scenario.WAKE_UP, 2, Contestant.REDISSON);

    @Test
    void aResumedRunKnowsWhatWasPlayedAndTriesAgainWhatFailed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("turns.jsonl");
        Journal first = Journal.create(file);
        first.write(PLAYED, Map.of(Metrics.PAIRS, 7.0));
        first.write(FAILED, "it hangs");

        Journal second = Journal.resume(file);
        assertThat(second.knows(PLAYED)).isTrue();
        assertThat(second.knows(FAILED)).isFalse();
        assertThat(second.figures()).isEqualTo(first.figures()).hasSize(1);
        assertThat(second.failures()).isEmpty();
    }

    @Test
    void aNewRunForgetsTheLast(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("turns.jsonl");
        Journal.create(file).write(PLAYED, Map.of(Metrics.PAIRS, 7.0));
        Journal.create(file);
        assertThat(Journal.resume(file).knows(PLAYED)).isFalse();
    }
}
