package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.report.Metric;
import java.io.IOException;
import java.util.Map;

/** How one turn of a scenario goes. */
@FunctionalInterface
interface Match {
    /**
     * Plays it.
     *
     * @param turn whose turn it is
     * @return what was measured
     * @throws IOException if something is wrong: then nothing was measured
     * @throws InterruptedException if the run is to end
     */
    Map<Metric, Double> play(Turn turn) throws IOException, InterruptedException;
}
