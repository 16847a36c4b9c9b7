package io.holdfast.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.Scenarios;
import io.holdfast.benchmarks.contestants.Contestant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetsTest {
    @Test
    void whoIsComparedTakesPart() {
        assertThat(Target.all()).allSatisfy(target -> {
            assertThat(takesPart(target.ours())).isTrue();
            assertThat(target.theirs() == null || takesPart(target.theirs())).isTrue();
        });
    }

    @Test
    void theMeasureMayBeAnotherScenariosFigureOfTheSameRound() {
        List<Figure> figures = List.of(
                figure(1, "many-keys-async", Contestant.HOLDFAST_REDIS, 30),
                figure(1, "many-keys", Contestant.RAW_POLLING, 10),
                figure(2, "many-keys", Contestant.RAW_POLLING, 1));
        assertThat(Targets.rows(new Medians(figures), List.of()).body())
                .containsExactly(List.of("Redis, own resources, asynchronous", "≥ 2 × floor, polling", "3 ×", "met"));
    }

    @Test
    void whatWasNotMeasuredBecauseATurnFailedIsSaidSo() {
        Failure failure = new Failure(1, "many-keys", Contestant.RAW_POLLING.label(), "it hangs");
        List<Figure> figures = List.of(figure(1, "many-keys-async", Contestant.HOLDFAST_REDIS, 30));
        assertThat(Targets.rows(new Medians(figures), List.of(failure)).body())
                .contains(List.of("Redis, own resources, asynchronous", "≥ 2 × floor, polling", "–", "not measured"));
    }

    private static boolean takesPart(Target.Measured measured) {
        return Scenarios.takesPart(measured.scenario(), measured.contestant());
    }

    private static Figure figure(int round, String scenario, Contestant contestant, double value) {
        return new Figure(round, scenario, contestant.label(), Metrics.PAIRS, value);
    }
}
