package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.report.Metric;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Many that wait for one resource in one JVM. */
record WaitersMatch() implements Match {
    private static final double NANOS_PER_MILLI = 1e6;

    private static final int SETTLE_MILLIS = 200;

    @Override
    public Map<Metric, Double> play(Turn turn) throws IOException, InterruptedException {
        int waiters = turn.pace().waiters();
        Outcome outcome =
                turn.crowd(Job.Kind.WAITERS, 1, 1, 0, waiters, SETTLE_MILLIS).get(0);
        Map<Metric, Double> figures = new LinkedHashMap<>();
        if (outcome.value("failed") == 0) {
            figures.put(Metric.lessIsBetter("all served after", "ms"), outcome.value("served"));
            figures.put(
                    Metric.lessIsBetter("processor time to serve all", "ms"), outcome.value("cpu") / NANOS_PER_MILLI);
        }
        figures.put(Metric.lessIsBetter("waiters that failed", "1"), outcome.value("failed"));
        figures.put(Metric.lessIsBetter("threads while all wait", "1"), outcome.value("threads"));
        figures.put(Metric.lessIsBetter("heap per waiter", "B"), outcome.value("heap") / waiters);
        return figures;
    }
}
