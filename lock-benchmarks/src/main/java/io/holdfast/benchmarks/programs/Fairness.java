package io.holdfast.benchmarks.programs;

import io.holdfast.benchmarks.CriticalSection;
import io.holdfast.benchmarks.Labels;
import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.profile.Measured;
import io.holdfast.benchmarks.report.Metric;
import io.holdfast.benchmarks.report.Metrics;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Who gets a resource that 16 threads want without pause: the grants of each, and how long they waited. Jain's index is
 * 1 when all get the same and 1/16 when one gets everything.
 */
public final class Fairness implements Program {
    private static final int THREADS = 16;
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long MEASURED_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int DIGITS = 2;
    private static final double NANOS_PER_SECOND = 1e9;

    @Override
    public Map<Metric, Double> measure(Contestant contestant) throws Exception {
        try (NamedLocks<?> locks = contestant.open()) {
            CriticalSection section = new CriticalSection();
            crowd(locks, section, WARM_UP_NANOS);
            Measured measured = Measured.begin();
            Rival[] rivals = crowd(locks, section, MEASURED_NANOS);
            return figures(rivals, measured.end());
        }
    }

    private static Rival[] crowd(NamedLocks<?> locks, CriticalSection section, long nanos) throws Exception {
        long passedBefore = section.passes();
        CountDownLatch ready = new CountDownLatch(THREADS);
        Rival[] rivals = new Rival[THREADS];
        for (int i = 0; i < THREADS; i++) {
            rivals[i] = new Rival(locks, section, i, ready, nanos);
            rivals[i].start();
        }
        long granted = 0;
        for (Rival rival : rivals) {
            rival.join();
            granted += rival.grants;
            Exception failure = rival.failure;
            if (failure != null) {
                throw failure;
            }
        }
        if (section.passes() - passedBefore != granted) {
            throw new IllegalStateException(granted + " grants, but the section counted "
                    + (section.passes() - passedBefore) + ": the lock doesn't exclude");
        }
        return rivals;
    }

    private static Map<Metric, Double> figures(Rival[] rivals, long cpuNanos) {
        long[] grants = Arrays.stream(rivals).mapToLong(r -> r.grants).toArray();
        double all = Arrays.stream(grants).sum();
        Histogram waits = new Histogram(HIGHEST_NANOS, DIGITS);
        Arrays.stream(rivals).forEach(r -> waits.add(r.waits));
        Map<Metric, Double> figures = new LinkedHashMap<>();
        figures.put(Metrics.PAIRS, all / (MEASURED_NANOS / NANOS_PER_SECOND));
        figures.put(Metrics.CLIENT_CPU, cpuNanos / all);
        Metrics.putWaits(figures, waits);
        Metrics.putFairness(figures, grants);
        return figures;
    }

    /** One thread of the crowd. */
    private static final class Rival extends Thread {
        private final NamedLocks<?> locks;
        private final Runnable work;
        private final String client;
        private final CountDownLatch ready;
        private final long nanos;
        private final Histogram waits = new Histogram(HIGHEST_NANOS, DIGITS);
        private long grants;
        private long asked;
        private volatile @Nullable Exception failure;

        Rival(NamedLocks<?> locks, CriticalSection section, int number, CountDownLatch ready, long nanos) {
            this.locks = locks;
            this.client = Labels.of("client-", number);
            this.ready = ready;
            this.nanos = nanos;
            this.work = () -> {
                waits.recordValue(System.nanoTime() - asked);
                section.pass(number + 1);
                grants++;
            };
        }

        @Override
        public void run() {
            try {
                ready.countDown();
                ready.await();
                String resource = Labels.of("resource-", 0);
                long end = System.nanoTime() + nanos;
                do {
                    asked = System.nanoTime();
                    locks.guard(resource, client, work);
                } while (asked - end < 0);
            } catch (InterruptedException | RuntimeException unexpected) {
                failure = unexpected;
            }
        }
    }
}
