package io.holdfast.conformance;

import io.holdfast.LockOptions;
import io.holdfast.core.ManualTime;
import io.holdfast.quorum.QuorumBackend;
import io.holdfast.spi.LockBackend;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Three in-memory engines keep all promises as one quorum. */
class QuorumContractTest extends LockBackendContract {
    @Override
    protected BackendFixture fixture() {
        return new InMemoryFixture(3, QuorumContractTest::quorum);
    }

    static LockBackend quorum(List<LockBackend> engines, ManualTime time) {
        Map<String, LockBackend> members = new TreeMap<>();
        engines.forEach(engine -> members.put("member-" + members.size(), engine));
        return QuorumBackend.builder(members, time, time)
                .longestLease(LockOptions.MAX_LEASE)
                .firstStart(true)
                .build();
    }
}
