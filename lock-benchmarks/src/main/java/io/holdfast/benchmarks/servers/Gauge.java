package io.holdfast.benchmarks.servers;

/** Reads what a server counts. */
public interface Gauge {
    /** What servers that tell nothing have counted. */
    Gauge NONE = () -> Reading.NOTHING;

    /**
     * Reads it.
     *
     * @return what it has counted since it began
     */
    Reading read();
}
