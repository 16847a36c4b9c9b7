package io.holdfast.benchmarks.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The metrics that several scenarios have in common, so that they mean the same wherever they are shown. */
public final class Metrics {
    /** Locks and releases of all threads together. */
    public static final Metric PAIRS = Metric.moreIsBetter("acquire and release", "pairs/s");
    /** The processor time of the JVMs that lock, garbage collection included. */
    public static final Metric CLIENT_CPU = Metric.lessIsBetter("processor time", "ns/pair");
    /** Renewals that an application asked for, one after the other. */
    public static final Metric HEARTBEATS = Metric.moreIsBetter("heartbeats", "heartbeats/s");
    /** The processor time of the server. */
    public static final Metric SERVER_CPU = Metric.lessIsBetter("server's processor time", "ns/pair");
    /** Commands that the server executed, those within scripts included. */
    public static final Metric COMMANDS = Metric.lessIsBetter("server commands", "1/pair");
    /** Messages that the server got. */
    public static final Metric REQUESTS = Metric.lessIsBetter("requests", "1/pair");
    /** Writes that the cluster agreed on. */
    public static final Metric PROPOSALS = Metric.lessIsBetter("Raft proposals", "1/pair");
    /** Jain's index of the grants of each thread: 1 if all got the same. */
    public static final Metric JAIN = Metric.moreIsBetter("Jain's index", "1");
    /** The share of all grants that the thread with the most of them got. */
    public static final Metric LUCKIEST = Metric.lessIsBetter("share of the luckiest thread", "%");
    /** The longest time that anybody waited for the lock. */
    public static final Metric LONGEST_WAIT = Metric.lessIsBetter("longest wait", "ms");
    /** Percentiles of the time from asking for the lock to having it. */
    public static final List<Metric> WAITS = List.of(wait("p50"), wait("p90"), wait("p99"), wait("p99.9"));

    private static final double[] PERCENTILES = {50, 90, 99, 99.9};
    private static final double NANOS_PER_MILLI = 1e6;

    private Metrics() {}

    private static Metric wait(String percentile) {
        return Metric.lessIsBetter("wait, " + percentile, "ms");
    }

    /**
     * Puts the percentiles of waits among figures.
     *
     * @param figures the figures so far
     * @param waits durations in nanoseconds
     */
    public static void putWaits(Map<Metric, Double> figures, Histogram waits) {
        for (int i = 0; i < PERCENTILES.length; i++) {
            figures.put(WAITS.get(i), waits.getValueAtPercentile(PERCENTILES[i]) / NANOS_PER_MILLI);
        }
        figures.put(LONGEST_WAIT, waits.getMaxValue() / NANOS_PER_MILLI);
    }

    /**
     * Puts what tells how fair a lock was among figures.
     *
     * @param figures the figures so far
     * @param grants the grants of each thread
     */
    public static void putFairness(Map<Metric, Double> figures, long... grants) {
        double all = Arrays.stream(grants).sum();
        figures.put(JAIN, jain(grants));
        figures.put(LUCKIEST, 100 * Arrays.stream(grants).max().orElse(0) / all);
    }

    /**
     * Jain's index of shares: the square of their sum over the sum of their squares times their number.
     *
     * @param shares how much each got
     * @return 1 if all got the same, one over their number if one got everything
     */
    public static double jain(long... shares) {
        double sum = Arrays.stream(shares).sum();
        double squares = Arrays.stream(shares)
                .mapToDouble(share -> (double) share * share)
                .sum();
        return sum * sum / (shares.length * squares);
    }

    /**
     * A metric for one of several sizes.
     *
     * @param metric what is counted
     * @param number how many
     * @param things of what
     * @return the metric of that size
     */
    public static Metric with(Metric metric, int number, String things) {
        return new Metric(
                metric.name() + String.format(Locale.ROOT, " with %,d %s", number, things),
                metric.unit(),
                metric.better());
    }
}
