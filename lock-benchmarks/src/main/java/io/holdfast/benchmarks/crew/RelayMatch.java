package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.report.Metric;
import io.holdfast.benchmarks.report.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Two JVMs that hand a lock to and fro. */
record RelayMatch() implements Match {
    /** So long until the other certainly waits: its request is a round trip, for etcd with writes to the disk. */
    private static final int HOLD_MILLIS = 5;

    private static final int HOLD_MILLIS_WITH_DISK = 20;

    @Override
    public Map<Metric, Double> play(Turn turn) throws IOException, InterruptedException {
        Files.deleteIfExists(turn.section());
        int hold = turn.family() == Family.ETCD ? HOLD_MILLIS_WITH_DISK : HOLD_MILLIS;
        Histogram wakeUps = CrowdJob.durations();
        for (Outcome outcome : turn.crowd(Job.Kind.RELAY, 2, 1, 0, 0, hold)) {
            wakeUps.add(outcome.histogram("waits"));
        }
        if (wakeUps.getTotalCount() == 0) {
            throw new IOException("nobody was woken up");
        }
        Map<Metric, Double> figures = new LinkedHashMap<>();
        Metrics.putWaits(figures, wakeUps);
        return figures;
    }
}
