package io.holdfast.conformance.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The instances of an application that run at a time, each in a place that keeps its number when it is replaced. */
final class Fleet {
    private final Setting setting;
    private final World world;
    private final Function<SimulatedProcess, Instance> start;
    private final List<Instance> instances = new ArrayList<>();
    private final Set<String> orphans = new HashSet<>();
    private int processes;

    /**
     * None yet.
     *
     * @param start starts an instance in its process, with the configuration of the moment
     */
    Fleet(Setting setting, Function<SimulatedProcess, Instance> start) {
        this.setting = setting;
        this.world = setting.world();
        this.start = start;
    }

    void grow(int number) {
        for (int i = 0; i < number; i++) {
            instances.add(newcomer());
        }
    }

    /** One more, which has no place. */
    Instance newcomer() {
        long drift = setting.faults().someDrift(world);
        return start.apply(new SimulatedProcess(world, "p" + ++processes, drift));
    }

    int size() {
        return instances.size();
    }

    int anyPlace() {
        return (int) world.between(0, size());
    }

    /** Which has the place now. */
    Instance at(int place) {
        return instances.get(place);
    }

    SimulatedProcess anyProcess() {
        return world.oneOf(instances).process();
    }

    Link anyLink() {
        return world.oneOf(world.oneOf(instances).connections()).link();
    }

    /** Whether a client has asked for something in an instance that is there now. */
    boolean knows(String client) {
        return instances.stream().anyMatch(instance -> instance.clients().contains(client));
    }

    /** Ends an instance without warning, and starts another in its place. */
    void replace(int place) {
        Instance replaced = instances.get(place);
        orphans.addAll(replaced.clients());
        replaced.crash();
        instances.set(place, newcomer());
    }

    /** The clients of the instances that were replaced: what they have ends with its lease. */
    Set<String> orphans() {
        return orphans;
    }

    /** Stops a server for a while, which costs everybody the connections to it. */
    void restart(SimulatedServer server, long duration) {
        server.restart(duration);
        instances.stream()
                .flatMap(instance -> instance.connections().stream())
                .filter(connection -> connection.server() == server)
                .forEach(connection -> connection.link().lose());
    }
}
