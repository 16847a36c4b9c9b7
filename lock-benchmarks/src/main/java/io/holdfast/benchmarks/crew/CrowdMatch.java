package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.report.Metric;
import io.holdfast.benchmarks.report.Metrics;
import io.holdfast.benchmarks.servers.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Threads that lock and release without pause.
 *
 * @param job with a thread for each, or by the asynchronous API
 * @param members in how many JVMs
 * @param threads how many in each
 * @param resources how many resources each has to itself; 0 if all want the same one
 */
record CrowdMatch(Job.Kind job, int members, int threads, int resources) implements Match {
    private static final double MILLIS_PER_SECOND = 1e3;

    @Override
    public Map<Metric, Double> play(Turn turn) throws IOException, InterruptedException {
        Files.deleteIfExists(turn.section());
        Reading before = turn.gauge().read();
        List<Outcome> outcomes = turn.crowd(job, members, threads, resources, 0, 0);
        Reading used = turn.gauge().read().since(before);
        requireNoneLost(turn, outcomes);

        long[] grants = outcomes.stream()
                .flatMap(outcome -> outcome.grants().stream())
                .mapToLong(Long::longValue)
                .toArray();
        double counted = Arrays.stream(grants).sum();
        if (counted == 0) {
            throw new IOException("nobody was granted anything");
        }
        Map<Metric, Double> figures = new LinkedHashMap<>();
        figures.put(Metrics.PAIRS, counted * MILLIS_PER_SECOND / turn.pace().millis());
        figures.put(
                Metrics.CLIENT_CPU,
                outcomes.stream().mapToDouble(o -> o.value("cpu")).sum() / counted);
        put(figures, used, outcomes.stream().mapToLong(Outcome::allGrants).sum());
        Histogram waits = CrowdJob.durations();
        outcomes.forEach(outcome -> waits.add(outcome.histogram("waits")));
        Metrics.putWaits(figures, waits);
        if (resources == 0) {
            Metrics.putFairness(figures, grants);
        }
        return figures;
    }

    /** What the server had to do, as far as it tells. */
    static void put(Map<Metric, Double> figures, Reading used, long pairs) {
        putKnown(figures, Metrics.SERVER_CPU, used.cpuNanos() / pairs);
        putKnown(figures, Metrics.COMMANDS, used.commands() / pairs);
        putKnown(figures, Metrics.REQUESTS, used.requests() / pairs);
        putKnown(figures, Metrics.PROPOSALS, used.proposals() / pairs);
    }

    private static void putKnown(Map<Metric, Double> figures, Metric metric, double value) {
        if (!Double.isNaN(value)) {
            figures.put(metric, value);
        }
    }

    private void requireNoneLost(Turn turn, List<Outcome> outcomes) throws IOException {
        if (resources > 0 || members == 1) {
            return;
        }
        long all = outcomes.stream().mapToLong(Outcome::allGrants).sum();
        long updates = SharedSection.of(turn.section()).passes();
        if (all != updates) {
            throw new IOException(all + " grants, but " + updates + " updates: the lock doesn't exclude");
        }
    }
}
