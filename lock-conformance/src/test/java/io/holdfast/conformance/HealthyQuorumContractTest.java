package io.holdfast.conformance;

import io.holdfast.core.ManualTime;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.LockBackend;
import java.util.List;

/** A quorum declares no order of waiters over all processes, since it may change when a member fails; while all are well, it keeps one. */
class HealthyQuorumContractTest extends LockBackendContract {
    @Override
    protected BackendFixture fixture() {
        return new InMemoryFixture(3, HealthyQuorumContractTest::fairQuorum);
    }

    private static LockBackend fairQuorum(List<LockBackend> engines, ManualTime time) {
        return new ForwardingBackend(QuorumContractTest.quorum(engines, time)) {
            @Override
            public Capabilities capabilities() {
                Capabilities declared = super.capabilities();
                return new Capabilities(declared.name(), declared.minLease(), declared.leaseGranularity(), true);
            }
        };
    }
}
