package io.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.report.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Origin ORIGIN = new Origin("--full", "abc", "on the disk");
    private static final Step PLAYED = new Step(Family.REDIS, Scenario.WAKE_UP, 1, Contestant.REDISSON);
    private static final Step FAILED = new Step(Family.REDIS, Scenario.WAKE_UP, 2, Contestant.REDISSON);

    @Test
    void aResumedRunKnowsWhatWasPlayedAndTriesAgainWhatFailed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("turns.jsonl");
        Journal first = Journal.create(file, ORIGIN);
        first.write(PLAYED, Map.of(Metrics.PAIRS, 7.0));
        first.write(FAILED, "it hangs");

        Journal second = Journal.resume(file, ORIGIN);
        assertThat(second.knows(PLAYED)).isTrue();
        assertThat(second.knows(FAILED)).isFalse();
        assertThat(second.figures()).isEqualTo(first.figures()).hasSize(1);
        assertThat(second.failures()).isEmpty();
    }

    @Test
    void aNewRunForgetsTheLast(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("turns.jsonl");
        Journal.create(file, ORIGIN).write(PLAYED, Map.of(Metrics.PAIRS, 7.0));
        Journal.create(file, ORIGIN);
        assertThat(Journal.resume(file, ORIGIN).knows(PLAYED)).isFalse();
    }

    @Test
    void aLineThatWasCutShortIsForgottenAndWrittenAnew(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("turns.jsonl");
        Journal first = Journal.create(file, ORIGIN);
        first.write(PLAYED, Map.of(Metrics.PAIRS, 7.0));
        String whole = Files.readString(file);
        first.write(FAILED, Map.of(Metrics.PAIRS, 8.0));
        Files.writeString(file, Files.readString(file).substring(0, whole.length() + 20));

        Journal second = Journal.resume(file, ORIGIN);
        assertThat(second.knows(PLAYED)).isTrue();
        assertThat(second.knows(FAILED)).isFalse();
        second.write(FAILED, Map.of(Metrics.PAIRS, 9.0));
        assertThat(Journal.resume(file, ORIGIN).figures()).hasSize(2);
    }

    @Test
    void whatWasMeasuredOtherwiseIsNotGoneOnWith(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("turns.jsonl");
        Journal.create(file, ORIGIN).write(PLAYED, Map.of(Metrics.PAIRS, 7.0));
        String before = Files.readString(file);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Journal.resume(file, new Origin("--quick", "abc", "on the disk")))
                .withMessageContaining("--full at commit abc")
                .withMessageContaining("--quick at commit abc");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Journal.resume(file, new Origin("--full", "def", "on the disk")));
        assertThat(file).hasContent(before);
    }

    @Test
    void whatDoesNotSayWhatItIsOfIsNotGoneOnWith(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("turns.jsonl");
        Files.writeString(file, "{\"key\":\"wake-up redisson 1\",\"figures\":[]}\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Journal.resume(file, ORIGIN))
                .withMessageContaining("without --resume");
    }

    @Test
    void whereThereIsNothingYetARunBegins(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("turns.jsonl");
        Journal.resume(file, ORIGIN).write(PLAYED, Map.of(Metrics.PAIRS, 7.0));
        assertThat(Journal.resume(file, ORIGIN).knows(PLAYED)).isTrue();
    }
}
