package io.holdfast.benchmarks.programs;

import io.holdfast.benchmarks.Labels;
import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.ExpiringLocks;
import io.holdfast.benchmarks.report.Metric;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How long after the end of a lease the next one gets the resource: 100,000 holds are left to their leases, which run
 * out spread over five seconds, in another order than that in which they began. For Holdfast a waiter of each is
 * granted; for the others the entry is gone.
 */
public final class ExpiryLateness implements Program {
    private static final int HOLDS = 100_000;
    private static final long SPREAD_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long SHORTEST_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int DIGITS = 3;
    /** Shares no divisor with the number of holds, so that each has its own place in the shuffled order. */
    private static final int STRIDE = 61_803;

    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public Map<Metric, Double> measure(Contestant contestant) throws Exception {
        try (ExpiringLocks locks = contestant.openExpiring()) {
            observe(locks, "warm-up-", HOLDS / 5, SHORTEST_NANOS / 4, SPREAD_NANOS / 5);
            Histogram lateness = observe(locks, "resource-", HOLDS, SHORTEST_NANOS, SPREAD_NANOS);
            Map<Metric, Double> figures = new LinkedHashMap<>();
            figures.put(late("p50"), lateness.getValueAtPercentile(50) / NANOS_PER_MILLI);
            figures.put(late("p99"), lateness.getValueAtPercentile(99) / NANOS_PER_MILLI);
            figures.put(late("at most"), lateness.getMaxValue() / NANOS_PER_MILLI);
            return figures;
        }
    }

    private static Metric late(String which) {
        return Metric.lessIsBetter("late after the lease, " + which, "ms");
    }

    private static Histogram observe(ExpiringLocks locks, String kind, int count, long shortest, long spread)
            throws Exception {
        Histogram lateness = new ConcurrentHistogram(HIGHEST_NANOS, DIGITS);
        CompletableFuture<?>[] recorded = new CompletableFuture<?>[count];
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long place = (long) i * STRIDE % count;
            // Whole milliseconds: a lease isn't rounded by anyone then.
            Duration lease = Duration.ofMillis((shortest + place * spread / count) / 1_000_000);
            long due = System.nanoTime() + lease.toNanos();
            recorded[i] = locks.abandon(Labels.of(kind, i), lease).thenRun(() -> record(lateness, due));
        }
        if (System.nanoTime() - start > shortest) {
            throw new IllegalStateException("the first leases ran out before the last holds began");
        }
        CompletableFuture.allOf(recorded).get(HIGHEST_NANOS, TimeUnit.NANOSECONDS);
        return lateness;
    }

    private static void record(Histogram lateness, long due) {
        long late = System.nanoTime() - due;
        if (late < 0) {
            throw new IllegalStateException("a lease ended " + -late + " ns too early");
        }
        lateness.recordValue(late);
    }
}
