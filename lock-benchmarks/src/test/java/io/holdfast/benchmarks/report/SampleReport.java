package io.holdfast.benchmarks.report;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Contestant.Trait;
import io.holdfast.benchmarks.contestants.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A report whose figures are made up: every contestant, in the scenarios that are drawn. */
final class SampleReport {
    private SampleReport() {}

    static Report create() {
        List<Figure> figures = new ArrayList<>();
        for (Contestant contestant : Contestant.values()) {
            double size = contestant.family() == Family.MEMORY ? 1e6 : 1e3;
            double factor =
                    contestant.is(Trait.OURS) ? 5 : 1 + contestant.label().length() % 4;
            for (int round = 1; round <= 3; round++) {
                figures.add(figure(round, "uncontended", contestant, Metrics.PAIRS, size * factor));
                figures.add(figure(round, "contended", contestant, Metrics.PAIRS, size * factor / round));
                figures.add(figure(round, "contended", contestant, Metrics.JAIN, 0.9));
                for (int i = 0; i < Metrics.WAITS.size(); i++) {
                    figures.add(figure(round, "contended", contestant, Metrics.WAITS.get(i), Math.pow(3, i) / factor));
                }
            }
        }
        List<Failure> failures = List.of(new Failure(1, "wake-up", "redisson-fair", "it <hangs> & \"so on\""));
        return new Report(Environment.here("none", "abc", "--full", Map.of("Redis", "7.0.15")), figures, failures);
    }

    private static Figure figure(int round, String scenario, Contestant contestant, Metric metric, double value) {
        return new Figure(round, scenario, contestant.label(), metric, value);
    }
}
