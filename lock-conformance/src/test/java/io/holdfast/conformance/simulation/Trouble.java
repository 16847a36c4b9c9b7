package io.holdfast.conformance.simulation;

/**
 * Plans what goes wrong with a fleet between two moments.
 *
 * @param world time and chance
 * @param fleet what it happens to
 * @param from the first moment at which something may go wrong
 * @param to the end of that time (exclusive)
 */
record Trouble(World world, Fleet fleet, long from, long to) {
    /** Connections are lost, and those at both ends hear of it. */
    void breaks(int times) {
        plan(times, () -> fleet.anyLink().lose());
    }

    /** Connections go silent without anybody being told. */
    void silences(int times) {
        plan(times, () -> fleet.anyLink().silence());
    }

    /** Processes stand still. */
    void pauses(int times) {
        plan(times, () -> fleet.anyProcess().pauseForAWhile());
    }

    void plan(int times, Runnable fault) {
        world.repeatedly(times, from, to, fault);
    }
}
