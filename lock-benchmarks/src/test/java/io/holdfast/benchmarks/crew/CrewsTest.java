package io.holdfast.benchmarks.crew;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.profile.Measured;
import io.holdfast.benchmarks.report.Metric;
import io.holdfast.benchmarks.servers.Gauge;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CrewsTest {
    private static final Contestant SOMEBODY = Contestant.REDISSON;
    private static final CrewScenario SCENARIO = CrewScenario.WAITERS;
    private static final Metric SERVED = Metric.lessIsBetter("all served after", "ms");
    private static final Metric FAILED = Metric.lessIsBetter("waiters that failed", "1");
    /** Of a thousand of processor time. */
    private static final int MUCH = 500;

    private static final int HARDLY_ANYTHING = 50;
    private static final int REHEARSALS = 3;
    private static final Pace PACE = new Pace(0, REHEARSALS * PretendedJvms.TASK_MILLIS, 0, 0, 0, 10, 0);

    private final PretendedJvms jvms = new PretendedJvms();
    private final Crews crews = new Crews(jvms, contestant -> Gauge.NONE, PACE, Path.of("."), jvms::nanoTime);

    @Test
    void aRehearsalEndsAtItsLimit() throws Exception {
        for (int i = 0; i < REHEARSALS; i++) {
            jvms.then(outcome(1, 0), MUCH);
        }
        crews.prepare(SCENARIO, SOMEBODY);

        assertThat(jvms.started.get(0).tasks).hasSize(REHEARSALS);
    }

    @Test
    void aRehearsalEndsWhenHardlyAnythingIsCompiledAnyMore() throws Exception {
        jvms.then(outcome(1, 0), MUCH).then(outcome(1, 0), HARDLY_ANYTHING);
        crews.prepare(SCENARIO, SOMEBODY);

        assertThat(jvms.started.get(0).tasks).hasSize(2);
    }

    @Test
    void whatIsRehearsedDoesNotCount() throws Exception {
        jvms.then(outcome(1_000, 0), HARDLY_ANYTHING).then(outcome(10, 0), MUCH);
        crews.prepare(SCENARIO, SOMEBODY);
        Map<Metric, Double> figures = crews.play(SCENARIO, SOMEBODY, 1);

        assertThat(figures).containsEntry(SERVED, 10.0);
        assertThat(jvms.started.get(0).tasks)
                .extracting(task -> task.name().startsWith(Measured.WARM_UP))
                .containsExactly(true, false);
    }

    @Test
    void aScenarioIsRehearsedOnce() throws Exception {
        jvms.then(outcome(1, 0), HARDLY_ANYTHING).then(outcome(1, 0), MUCH);
        crews.prepare(SCENARIO, SOMEBODY);
        crews.play(SCENARIO, SOMEBODY, 1);
        crews.prepare(SCENARIO, SOMEBODY);

        assertThat(jvms.started).hasSize(1);
        assertThat(jvms.started.get(0).tasks).hasSize(2);
    }

    @Test
    void aRehearsalThatLeavesWaitersBehindEndsItsJvmBeforeTheTurn() throws Exception {
        jvms.then(outcome(30_000, 1), MUCH).then(outcome(10, 0), MUCH);
        crews.prepare(SCENARIO, SOMEBODY);
        Map<Metric, Double> figures = crews.play(SCENARIO, SOMEBODY, 1);

        assertThat(jvms.started).extracting(jvm -> jvm.isKilled).containsExactly(true, false);
        assertThat(jvms.started).extracting(jvm -> jvm.tasks.size()).containsExactly(1, 1);
        assertThat(figures).containsEntry(FAILED, 0.0);
    }

    @Test
    void aTurnThatLeavesWaitersBehindKeepsItsFiguresAndEndsItsJvm() throws Exception {
        jvms.then(outcome(1, 0), HARDLY_ANYTHING).then(outcome(30_000, 1), MUCH);
        crews.prepare(SCENARIO, SOMEBODY);
        Map<Metric, Double> figures = crews.play(SCENARIO, SOMEBODY, 1);

        // Nobody knows when all would have been served.
        assertThat(figures).containsEntry(FAILED, 1.0).doesNotContainKey(SERVED);
        assertThat(jvms.started).extracting(jvm -> jvm.isKilled).containsExactly(true);
    }

    @Test
    void afterATurnThatLeavesWaitersBehindTheNextIsRehearsedAgain() throws Exception {
        jvms.then(outcome(1, 0), HARDLY_ANYTHING).then(outcome(30_000, 1), MUCH);
        crews.prepare(SCENARIO, SOMEBODY);
        crews.play(SCENARIO, SOMEBODY, 1);
        jvms.then(outcome(1, 0), HARDLY_ANYTHING);
        crews.prepare(SCENARIO, SOMEBODY);

        assertThat(jvms.started).extracting(jvm -> jvm.isKilled).containsExactly(true, false);
        assertThat(jvms.started.get(1).tasks).hasSize(1);
    }

    private static Outcome outcome(double servedMillis, int leftBehind) {
        return Outcome.of(new long[] {10}, 10)
                .with("served", servedMillis)
                .with("failed", leftBehind)
                .with(Outcome.LEFT_BEHIND, leftBehind)
                .with("cpu", 0)
                .with("threads", 0)
                .with("heap", 0);
    }
}
