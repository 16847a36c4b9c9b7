package io.holdfast.examples.orders.shop;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** How long the workers waited for locks, and how often a lock passed from one worker to another. */
final class Waits {
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram nanos = new ConcurrentHistogram(SIGNIFICANT_DIGITS);
    private final Map<String, String> lastHolderByItem = new ConcurrentHashMap<>();
    private final LongAdder handOvers = new LongAdder();

    void record(String item, String worker, long waitedNanos) {
        nanos.recordValue(waitedNanos);
        String before = lastHolderByItem.put(item, worker);
        if (before != null && !before.equals(worker)) {
            handOvers.increment();
        }
    }

    long handOvers() {
        return handOvers.sum();
    }

    Histogram histogram() {
        return nanos.copy();
    }
}
