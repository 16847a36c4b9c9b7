package io.holdfast.benchmarks.programs;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.report.Metric;
import java.util.Map;

/** A scenario that is a program of its own. It runs in a JVM of its own, once for each contestant and round. */
@FunctionalInterface
public interface Program {
    /**
     * Measures.
     *
     * @param contestant who is measured
     * @return the figures
     * @throws Exception if something is wrong: then there are no figures
     */
    Map<Metric, Double> measure(Contestant contestant) throws Exception;
}
