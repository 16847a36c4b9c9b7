package io.holdfast.conformance;

import io.holdfast.sharded.ShardMap;
import io.holdfast.sharded.ShardedBackend;
import java.util.Map;

/** Three in-memory engines keep all promises as one sharded backend, whether or not they have a view for callers that wait. */
class ShardedContractTest extends LockBackendContract {
    private static final ShardMap MAP = ShardMap.of("a", "b", "c");

    @Override
    protected BackendFixture fixture() {
        return new InMemoryFixture(
                3,
                (engines, time) -> new ShardedBackend(
                        MAP, Map.of("a", engines.get(0), "b", new ViewedBackend(engines.get(1)), "c", engines.get(2))));
    }
}
