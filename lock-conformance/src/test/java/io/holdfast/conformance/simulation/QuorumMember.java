package io.holdfast.conformance.simulation;

import io.holdfast.core.LockManager;
import io.holdfast.quorum.QuorumBackend;
import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One process with its lock manager over a quorum, and its connections to the servers. */
final class QuorumMember {
    private final SimulatedProcess process;
    private final List<SimulatedBackend> connections = new ArrayList<>();
    private final List<String> clients = new ArrayList<>();
    private final LockManager manager;

    QuorumMember(
            SimulatedProcess process,
            Network network,
            List<SimulatedServer> servers,
            QuorumObserver observer,
            QuorumBug bug,
            Duration longestLease) {
        this.process = process;
        Map<String, LockBackend> members = new TreeMap<>();
        for (SimulatedServer server : servers) {
            SimulatedBackend connection =
                    new SimulatedBackend(network, process, server, observer.ofOneServer(), bug.ofAdapter());
            connections.add(connection);
            members.put("s" + members.size(), bug.plantInto(connection));
        }
        LockBackend quorum = QuorumBackend.builder(members, process, process)
                .memberTimeout(Duration.ofMillis(150))
                .attemptTimeout(Duration.ofMillis(150))
                .longestLease(longestLease)
                .build();
        this.manager = LockManager.builder(new NumberedRequests(observer.observing(quorum), process.name()))
                .answerTimeout(Simulation.ANSWER_TIMEOUT)
                .callbackExecutor(process)
                .time(process, process)
                .build();
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

    List<String> clients() {
        return clients;
    }
}
