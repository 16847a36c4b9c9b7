package io.holdfast.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.contestants.Family;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Metric PAIRS = Metric.moreIsBetter("acquire and release", "pairs/s");

    @Test
    void showsTheMedianAndTheSpreadOfTheRounds() {
        String table = Table.of(List.of(figure(1, "ours", 10), figure(2, "ours", 90), figure(3, "ours", 20)), "ours");
        assertThat(table).containsPattern("ours +20\\.0 +10\\.0 to 90\\.0");
    }

    @Test
    void theRatioIsTakenWithinEachRound() {
        List<Figure> figures = List.of(
                figure(1, "ours", 10), figure(1, "theirs", 5),
                figure(2, "ours", 100), figure(2, "theirs", 50),
                figure(3, "ours", 10), figure(3, "theirs", 40));
        assertThat(Table.of(figures, "ours")).containsPattern("theirs .* 2\\.00 x");
    }

    @Test
    void eachFamilyHasItsOwnTableWithTheRatiosOfHoldfast() {
        String[] tables = Table.ofFamilies(SampleReport.create().figures()).split("== ", -1);
        assertThat(tables).hasSize(1 + Family.values().length);
        assertThat(tables[2])
                .startsWith("Redis\n")
                .containsPattern("redisson .* x\\n")
                .contains("holdfast-redis /")
                .doesNotContain("jetcd", "shedlock ", "redisson-cluster");
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
        assertThat(Table.median(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(2.5);
    }

    private static Figure figure(int round, String contestant, double value) {
        return new Figure(round, "scenario", contestant, PAIRS, value);
    }
}
