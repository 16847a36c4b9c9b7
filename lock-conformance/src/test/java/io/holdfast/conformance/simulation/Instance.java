package io.holdfast.conformance.simulation;

import io.holdfast.core.LockManager;
import io.holdfast.spi.LockBackend;
import java.util.ArrayList;
import java.util.List;

/** One process of an application with its lock manager over several servers, and its connections to them. */
final class Instance {
    private final SimulatedProcess process;
    private final List<SimulatedBackend> connections;
    private final LockManager manager;
    private final List<String> clients = new ArrayList<>();

    /** Starts the manager over a backend that joins what these connections reach. */
    Instance(
            SimulatedProcess process, List<SimulatedBackend> connections, LockBackend joined, HandleObserver observer) {
        this.process = process;
        this.connections = List.copyOf(connections);
        this.manager = process.newManager(new NumberedRequests(observer.observing(joined), process.name()));
    }

    SimulatedProcess process() {
        return process;
    }

    List<SimulatedBackend> connections() {
        return connections;
    }

    LockManager manager() {
        return manager;
    }

    /** All that have asked for something here. */
    List<String> clients() {
        return clients;
    }

    /** Ends the process without warning: nobody is told, neither by it nor by its connections. */
    void crash() {
        process.crash();
        connections.forEach(connection -> connection.link().silence());
    }
}
