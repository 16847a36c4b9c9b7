package io.holdfast.conformance;

import io.holdfast.LockOptions;
import io.holdfast.core.ManualTime;
import io.holdfast.sharded.MovingBackend;
import io.holdfast.sharded.ShardMap;
import io.holdfast.spi.LockBackend;
import java.util.List;
import java.util.Map;

/** Two in-memory engines keep all promises while every resource is on its way from one to the other. */
class MovingContractTest extends LockBackendContract {
    @Override
    protected BackendFixture fixture() {
        return new InMemoryFixture(2, MovingContractTest::moving);
    }

    private static LockBackend moving(List<LockBackend> engines, ManualTime time) {
        Map<String, LockBackend> stores = Map.of("old", engines.get(0), "new", engines.get(1));
        return MovingBackend.builder(ShardMap.of("old"), ShardMap.of("new"), stores, time, time)
                .longestLease(LockOptions.MAX_LEASE)
                .build();
    }
}
