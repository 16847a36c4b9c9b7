package io.holdfast.conformance.simulation;

import io.holdfast.quorum.QuorumBackend;
import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How an instance is started whose lock manager asks a quorum of the servers. */
final class QuorumInstance {
    private QuorumInstance() {}

    static Instance start(
            Setting setting,
            SimulatedProcess process,
            List<SimulatedServer> servers,
            QuorumBug bug,
            Duration longestLease) {
        List<SimulatedBackend> connections = new ArrayList<>();
        Map<String, LockBackend> members = new TreeMap<>();
        for (SimulatedServer server : servers) {
            SimulatedBackend connection = setting.connect(process, server, bug.ofAdapter());
            connections.add(connection);
            members.put("s" + members.size(), bug.plantInto(connection));
        }
        LockBackend quorum = QuorumBackend.builder(members, process, process)
                .memberTimeout(Duration.ofMillis(150))
                .attemptTimeout(Duration.ofMillis(150))
                .longestLease(longestLease)
                .build();
        return new Instance(process, connections, quorum, setting.observer());
    }
}
