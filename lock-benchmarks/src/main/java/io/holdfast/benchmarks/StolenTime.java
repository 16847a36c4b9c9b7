package io.holdfast.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * How much processor time of this machine went to others on the same hardware, as Linux counts it: what a virtual machine asked for and
 * didn't get. Elsewhere it is always 0.
 */
final class StolenTime {
    /** The first line sums up all processors; of its numbers the eighth is what was stolen, and two more repeat others. */
    private static final Path COUNTERS = Path.of("/proc/stat");

    private static final int COUNTED = 8;
    private static final Pattern NUMBER = Pattern.compile("(?<=\\s)\\d+");

    private final Path file;
    private final long[] before;

    StolenTime(Path file) {
        this.file = file;
        this.before = read(file);
    }

    /** Begins to count now. */
    static StolenTime fromNow() {
        return new StolenTime(COUNTERS);
    }

    /** The part of all processor time that was stolen since this began; from 0 to 1. */
    double share() {
        long[] now = read(file);
        long all = 0;
        for (int i = 0; i < COUNTED; i++) {
            all += now[i] - before[i];
        }
        return all <= 0 ? 0 : (double) (now[COUNTED - 1] - before[COUNTED - 1]) / all;
    }

    private static long[] read(Path file) {
        try {
            long[] counters = NUMBER.matcher(Files.readAllLines(file).get(0))
                    .results()
                    .mapToLong(number -> Long.parseLong(number.group()))
                    .toArray();
            return Arrays.copyOf(counters, COUNTED);
        } catch (IOException | RuntimeException notLinux) {
            return new long[COUNTED];
        }
    }
}
