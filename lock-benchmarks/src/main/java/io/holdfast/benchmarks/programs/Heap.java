package io.holdfast.benchmarks.programs;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** How much heap is in use. */
public final class Heap {
    private static final int COLLECTIONS = 4;

    private Heap() {}

    /** The bytes that remain in use after several full collections. */
    public static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            memory.gc();
            least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
