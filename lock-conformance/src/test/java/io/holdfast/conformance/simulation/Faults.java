package io.holdfast.conformance.simulation;

/**
 * What goes wrong in one run.
 *
 * @param slowest the longest that a message usually takes, in nanoseconds
 * @param spikes how often a message takes far longer
 * @param breaks how many connections are lost
 * @param silences how many times a link goes silent without anybody being told
 * @param pauses how many times a process stands still
 * @param crashes how many processes die
 * @param restarts how many times the server restarts
 * @param drift by how many millionths each clock may be too fast or too slow
 */
record Faults(
        long slowest, double spikes, int breaks, int silences, int pauses, int crashes, int restarts, long drift) {
    /** The most by which a clock drifts here, and what the adapter allows for: one thousandth. */
    static final long MOST_DRIFT = 1_000;

    /** Nothing goes wrong but that messages take their time. */
    static final Faults CALM = new Faults(2 * World.MILLIS, 0, 0, 0, 0, 0, 0, 0);

    static Faults choose(World world) {
        if (world.chance(0.2)) {
            return CALM;
        }
        return new Faults(
                world.between(1, 30) * World.MILLIS,
                world.chance(0.5) ? 0 : 0.1,
                some(world, 4),
                some(world, 3),
                some(world, 4),
                some(world, 2),
                some(world, 3),
                world.chance(0.5) ? 0 : MOST_DRIFT);
    }

    private static int some(World world, int most) {
        return world.chance(0.5) ? 0 : (int) world.between(1, most + 1);
    }

    /** By how many millionths one of the clocks is too fast. */
    long someDrift(World world) {
        return drift == 0 ? 0 : world.between(-drift, drift + 1);
    }

    boolean isCalm() {
        return equals(CALM);
    }
}
