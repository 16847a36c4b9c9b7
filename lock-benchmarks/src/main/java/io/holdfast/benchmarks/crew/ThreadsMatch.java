package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.report.Metric;
import io.holdfast.benchmarks.report.Metrics;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** More and more threads with resources of their own. */
record ThreadsMatch() implements Match {
    private static final int[] THREADS = {1, 4, 16, 64};
    private static final int RESOURCES = 16;

    @Override
    public Map<Metric, Double> play(Turn turn) throws IOException, InterruptedException {
        Map<Metric, Double> figures = new LinkedHashMap<>();
        for (int threads : THREADS) {
            Map<Metric, Double> those = new CrowdMatch(Job.Kind.CROWD, 1, threads, RESOURCES).play(turn);
            figures.put(Metrics.with(Metrics.PAIRS, threads, "threads"), those.getOrDefault(Metrics.PAIRS, Double.NaN));
        }
        return figures;
    }
}
