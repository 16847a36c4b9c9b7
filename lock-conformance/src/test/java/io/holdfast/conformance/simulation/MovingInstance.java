package io.holdfast.conformance.simulation;

import io.holdfast.sharded.MovingBackend;
import io.holdfast.sharded.ShardMap;
import io.holdfast.sharded.ShardedBackend;
import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How an instance is started whose lock manager is over shards, in one step of a move. */
final class MovingInstance {
    static final ShardMap OLD = ShardMap.of("a", "b");
    static final ShardMap NEW = ShardMap.of("b", "c");
    private static final Duration LONGEST_LEASE = Duration.ofSeconds(1);

    private MovingInstance() {}

    static Instance start(
            Setting setting, SimulatedProcess process, Map<String, SimulatedServer> servers, Step step, MovingBug bug) {
        Map<String, SimulatedBackend> connections = new TreeMap<>();
        servers.forEach((shard, server) -> connections.put(shard, setting.connect(process, server, Bug.NONE)));
        LockBackend sharded = switch (step) {
            case OLD -> new ShardedBackend(OLD, of(OLD, connections));
            case ON_THE_WAY -> onTheWay(process, connections, bug);
            case NEW -> new ShardedBackend(NEW, of(NEW, connections));
        };
        return new Instance(process, List.copyOf(connections.values()), sharded, setting.observer());
    }

    private static Map<String, LockBackend> of(ShardMap map, Map<String, SimulatedBackend> connections) {
        Map<String, LockBackend> stores = new HashMap<>(connections);
        stores.keySet().retainAll(map.shards());
        return stores;
    }

    private static LockBackend onTheWay(
            SimulatedProcess process, Map<String, SimulatedBackend> connections, MovingBug bug) {
        Map<String, LockBackend> stores = new TreeMap<>();
        connections.forEach((shard, store) -> stores.put(shard, bug.plantInto(store, shard, process)));
        return MovingBackend.builder(OLD, NEW, stores, process, process)
                .longestLease(LONGEST_LEASE)
                .memberTimeout(Duration.ofMillis(400))
                .build();
    }

    /** Which configuration an instance has. */
    enum Step {
        OLD,
        ON_THE_WAY,
        NEW
    }
}
