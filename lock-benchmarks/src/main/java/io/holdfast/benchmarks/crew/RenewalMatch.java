package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.report.Metric;
import io.holdfast.benchmarks.servers.Reading;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Many holds that are renewed: what they cost while nothing else happens. */
record RenewalMatch() implements Match {
    /** Short, so that some renewals fit into a turn; a multiple of three seconds, for those that count in seconds. */
    static final long LEASE_MILLIS = 9_000;

    private static final int THREADS = 16;
    /** A hold is renewed at a third of its lease, so this often in a turn of one lease. */
    private static final int RENEWALS = 3;

    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public Map<Metric, Double> play(Turn turn) throws IOException, InterruptedException {
        Pace pace = turn.pace();
        int holds = pace.holds();
        Turn lease = new Turn(
                turn.crew(),
                turn.gauge(),
                turn.family(),
                turn.name(),
                new Pace(0, 0, 0, 0, (int) LEASE_MILLIS, 0, holds),
                // Each hold has been renewed by then: what the compiler takes for that isn't what renewals cost.
                (int) LEASE_MILLIS,
                turn.section());
        Reading before = turn.gauge().read();
        List<Outcome> outcomes = lease.crowd(Job.Kind.RENEWAL, 1, THREADS, 0, holds, 0);
        Reading used = turn.gauge().read().since(before);
        Outcome outcome = outcomes.get(0);
        Map<Metric, Double> figures = new LinkedHashMap<>();
        figures.put(
                Metric.lessIsBetter("processor time of " + RENEWALS + " renewals", "ms"),
                outcome.value("cpu") / NANOS_PER_MILLI);
        figures.put(Metric.lessIsBetter("heap per hold", "B"), outcome.value("heap") / holds);
        figures.put(Metric.lessIsBetter("time to acquire all", "ms"), outcome.value("acquired"));
        CrowdMatch.put(figures, used, holds);
        return figures;
    }
}
