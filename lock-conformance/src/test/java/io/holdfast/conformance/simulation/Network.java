package io.holdfast.conformance.simulation;

/** All that lies between the processes and the server: how long messages take, until it is healed. */
final class Network {
    private static final long HEALTHY = 2 * World.MILLIS;
    private static final long SHORTEST = World.MILLIS / 20;

    private final World world;
    private final Faults faults;
    private boolean healed;
    private long connections;

    Network(World world, Faults faults) {
        this.world = world;
        this.faults = faults;
    }

    World world() {
        return world;
    }

    Link connect(SimulatedProcess process, SimulatedServer server, Runnable onLoss) {
        return new Link(++connections, this, process, server, onLoss);
    }

    /** From now on messages are quick. */
    void heal() {
        healed = true;
    }

    /** How long the next message takes. */
    long delay() {
        if (healed) {
            return world.between(SHORTEST, HEALTHY);
        }
        long delay = world.between(SHORTEST, faults.slowest());
        return world.chance(faults.spikes()) ? delay * 40 : delay;
    }
}
