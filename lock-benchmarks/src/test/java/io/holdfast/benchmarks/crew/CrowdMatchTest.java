package io.holdfast.benchmarks.crew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.report.Metrics;
import io.holdfast.benchmarks.servers.Gauge;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of the outcomes of two JVMs. */
class CrowdMatchTest {
    private static final Pace PACE = new Pace(0, 0, 0, 0, 1_000, 10, 0);
    private static final CrowdMatch MATCH = new CrowdMatch(Job.Kind.CROWD, 2, 1, 0);

    @TempDir
    Path folder;

    private final PretendedJvms jvms = new PretendedJvms();

    @Test
    void asManyUpdatesAsGrantsAreRight() throws Exception {
        jvms.then(grants(4), 0).then(grants(6), 0).beforeAnswering(() -> update(10));

        assertThat(MATCH.play(turn())).containsKey(Metrics.PAIRS);
    }

    @Test
    void fewerUpdatesThanGrantsFailTheTurn() {
        jvms.then(grants(4), 0).then(grants(6), 0).beforeAnswering(() -> update(9));

        assertThatIOException()
                .isThrownBy(() -> MATCH.play(turn()))
                .withMessage("10 grants, but 9 updates: the lock doesn't exclude");
    }

    @Test
    void whatOneJvmHasFoundIsSaidThoughAnotherIsSilent() {
        jvms.thenSilence().then(Outcome.failed(new IllegalStateException("two hold the lock at once")), 0);

        assertThatIOException().isThrownBy(() -> MATCH.play(turn())).withMessageContaining("two hold the lock at once");
    }

    private Turn turn() {
        Crew crew = new Crew(() -> jvms.start(Contestant.REDISSON, null), 0);
        return new Turn(crew, Gauge.NONE, Family.REDIS, "turn", PACE, 0, folder.resolve("section"));
    }

    private static Outcome grants(long count) {
        return Outcome.of(new long[] {count}, count).with("cpu", 0).with("waits", CrowdJob.durations());
    }

    private void update(int times) {
        SharedSection section = SharedSection.of(folder.resolve("section"));
        for (int i = 0; i < times; i++) {
            section.pass(1);
        }
    }
}
