package io.holdfast.benchmarks.report;

/**
 * What a figure counts.
 *
 * @param name what is counted
 * @param unit in which unit
 * @param better which figures are the better ones
 */
public record Metric(String name, String unit, Better better) {
    /** Which figures are the better ones. */
    public enum Better {
        /** Greater ones. */
        MORE,
        /** Smaller ones. */
        LESS
    }

    /**
     * A metric whose greater figures are better.
     *
     * @param name what is counted
     * @param unit in which unit
     * @return the metric
     */
    public static Metric moreIsBetter(String name, String unit) {
        return new Metric(name, unit, Better.MORE);
    }

    /**
     * A metric whose smaller figures are better.
     *
     * @param name what is counted
     * @param unit in which unit
     * @return the metric
     */
    public static Metric lessIsBetter(String name, String unit) {
        return new Metric(name, unit, Better.LESS);
    }
}
