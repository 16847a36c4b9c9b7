package io.holdfast.benchmarks.programs;

import io.holdfast.benchmarks.Labels;
import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.report.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a held lock weighs: a million are held, each of its own client, with the default options (Holdfast renews them
 * all meanwhile). The caller keeps the handles in a list that isn't counted. Included are the names of resource and client, 20 characters each, as
 * far as the contestant keeps them.
 */
public final class HeldLocksMemory implements Program {
    private static final int LOCKS = 1_000_000;
    private static final int WARM_UP = 20_000;
    private static final double NANOS_PER_SECOND = 1e9;

    @Override
    public Map<Metric, Double> measure(Contestant contestant) throws InterruptedException {
        try (NamedLocks<?> locks = contestant.open()) {
            return measure(locks);
        }
    }

    private static <H> Map<Metric, Double> measure(NamedLocks<H> locks) throws InterruptedException {
        List<H> holds = new ArrayList<>(LOCKS);
        hold(locks, WARM_UP, holds);
        release(locks, holds);
        long before = Heap.used();
        long start = System.nanoTime();
        hold(locks, LOCKS, holds);
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        long during = Heap.used();
        release(locks, holds);
        long after = Heap.used();

        Map<Metric, Double> figures = new LinkedHashMap<>();
        figures.put(Metric.lessIsBetter("heap per held lock", "B"), (double) (during - before) / LOCKS);
        figures.put(
                Metric.lessIsBetter("heap left per lock once released", "B"),
                Math.max(0, (double) (after - before) / LOCKS));
        figures.put(Metric.moreIsBetter("acquired from cold", "locks/s"), LOCKS / seconds);
        return figures;
    }

    private static <H> void hold(NamedLocks<H> locks, int count, List<H> holds) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            holds.add(locks.acquire(Labels.of("resource-", i), Labels.of("client-", i)));
        }
    }

    private static <H> void release(NamedLocks<H> locks, List<H> holds) {
        holds.forEach(locks::release);
        holds.clear();
    }
}
