package io.holdfast.benchmarks.crew;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What became of a task.
 *
 * @param error what went wrong; null if nothing did
 * @param grants the grants of each thread while it counted
 * @param allGrants all grants, the warm-up's included
 * @param values what else was measured, by name
 * @param histograms durations in nanoseconds, by name: HdrHistogram's compressed form in Base64
 */
record Outcome(
        @Nullable String error,
        List<Long> grants,
        long allGrants,
        Map<String, Double> values,
        Map<String, String> histograms) {
    /** A value: how many milliseconds the JVM has been compiling since it began. */
    static final String COMPILING = "compiling";

    /** A value: how many milliseconds of processor time the JVM has used since it began. */
    static final String PROCESSOR = "processor";

    /** A value: how many calls of the contestant haven't returned yet and still go on; none if it isn't there. */
    static final String LEFT_BEHIND = "left behind";

    static Outcome failed(Throwable failure) {
        StringBuilder text = new StringBuilder(failure.toString());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            text.append(" <- ").append(cause);
        }
        return new Outcome(text.toString(), List.of(), 0, Map.of(), Map.of());
    }

    static Outcome of(long[] grants, long allGrants) {
        return new Outcome(
                null, Arrays.stream(grants).boxed().toList(), allGrants, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    Outcome with(String name, Number value) {
        values.put(name, value.doubleValue());
        return this;
    }

    Outcome with(String name, Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        histograms.put(name, Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length)));
        return this;
    }

    /** Whether the JVM still has something to do with the task. */
    boolean leavesBehind() {
        return values.getOrDefault(LEFT_BEHIND, 0.0) > 0;
    }

    double value(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no value of " + name);
        }
        return value;
    }

    Histogram histogram(String name) {
        String text = histograms.get(name);
        if (text == null) {
            throw new IllegalArgumentException("no histogram of " + name);
        }
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
        } catch (DataFormatException garbled) {
            throw new IllegalStateException(garbled);
        }
    }
}
