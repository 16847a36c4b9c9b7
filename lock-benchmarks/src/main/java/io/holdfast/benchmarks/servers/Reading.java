package io.holdfast.benchmarks.servers;

/**
 * What a server has counted. What it doesn't count is not a number.
 *
 * @param commands commands that were executed, those within scripts included
 * @param requests messages that arrived from clients
 * @param proposals writes that the members of a cluster agreed on
 * @param cpuNanos processor time that was used
 */
public record Reading(double commands, double requests, double proposals, double cpuNanos) {
    static final Reading NOTHING = new Reading(Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    /**
     * What was counted between two readings.
     *
     * @param earlier the first of them
     * @return the difference
     */
    public Reading since(Reading earlier) {
        return new Reading(
                commands - earlier.commands,
                requests - earlier.requests,
                proposals - earlier.proposals,
                cpuNanos - earlier.cpuNanos);
    }
}
