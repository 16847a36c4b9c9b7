package io.holdfast.conformance.simulation;

import io.holdfast.core.LockManager;
import io.holdfast.sharded.MovingBackend;
import io.holdfast.sharded.ShardMap;
import io.holdfast.sharded.ShardedBackend;
import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One process with its lock manager over shards, in one step of a move. */
final class MovingMember {
    static final ShardMap OLD = ShardMap.of("a", "b");
    static final ShardMap NEW = ShardMap.of("b", "c");
    static final Duration LONGEST_LEASE = Duration.ofSeconds(1);

    private final SimulatedProcess process;
    private final Map<String, SimulatedBackend> connections = new TreeMap<>();
    private final List<String> clients = new ArrayList<>();
    private final LockManager manager;

    MovingMember(
            SimulatedProcess process,
            Network network,
            Map<String, SimulatedServer> servers,
            QuorumObserver observer,
            Step step,
            MovingBug bug) {
        this.process = process;
        servers.forEach((name, server) -> connections.put(
                name, new SimulatedBackend(network, process, server, observer.ofOneServer(), Bug.NONE)));
        LockBackend backend = switch (step) {
            case OLD -> new ShardedBackend(OLD, of(OLD));
            case ON_THE_WAY -> onTheWay(bug);
            case NEW -> new ShardedBackend(NEW, of(NEW));
        };
        this.manager = LockManager.builder(new NumberedRequests(observer.observing(backend), process.name()))
                .answerTimeout(Simulation.ANSWER_TIMEOUT)
                .callbackExecutor(process)
                .time(process, process)
                .build();
    }

    /** Which configuration a process has. */
    enum Step {
        OLD,
        ON_THE_WAY,
        NEW
    }

    private Map<String, LockBackend> of(ShardMap map) {
        Map<String, LockBackend> stores = new HashMap<>(connections);
        stores.keySet().retainAll(map.shards());
        return stores;
    }

    private LockBackend onTheWay(MovingBug bug) {
        Map<String, LockBackend> stores = new TreeMap<>();
        connections.forEach((name, store) -> stores.put(name, bug.plantInto(store, name, process)));
        return MovingBackend.builder(OLD, NEW, stores, process, process)
                .longestLease(LONGEST_LEASE)
                .memberTimeout(Duration.ofMillis(400))
                .build();
    }

    SimulatedProcess process() {
        return process;
    }

    List<SimulatedBackend> connections() {
        return List.copyOf(connections.values());
    }

    LockManager manager() {
        return manager;
    }

    List<String> clients() {
        return clients;
    }

    /** Ends the process without warning. */
    void crash() {
        process.crash();
        connections().forEach(connection -> connection.link().silence());
    }
}
