package io.holdfast.conformance.simulation;

import java.util.List;

/**
 * Where a run over several servers takes place.
 *
 * @param world time and chance
 * @param observer sees what the processes have
 * @param faults what goes wrong
 * @param network what lies between the processes and the servers
 */
record Setting(World world, HandleObserver observer, Faults faults, Network network) {
    /** The setting of a run in which these resources are locked. */
    static Setting of(World world, List<String> resources, Faults faults) {
        return new Setting(world, new HandleObserver(world, resources), faults, new Network(world, faults));
    }

    /** A server that does what it should, with a clock of its own. */
    SimulatedServer newServer() {
        return new SimulatedServer(world, observer.ofOneServer(), Bug.NONE, faults.someDrift(world));
    }

    /** The adapter by which a process uses a server. */
    SimulatedBackend connect(SimulatedProcess process, SimulatedServer server, Bug bug) {
        return new SimulatedBackend(network, process, server, observer.ofOneServer(), bug);
    }

    /** Lets everything happen up to a moment, under observation. */
    void runUntil(long moment) {
        world.runUntil(moment, observer::lookAround);
    }

    void violated(String what) {
        observer.violations().add(what);
    }

    RunResult run(Runnable run) {
        return RunResult.of(world, observer.violations(), run);
    }
}
