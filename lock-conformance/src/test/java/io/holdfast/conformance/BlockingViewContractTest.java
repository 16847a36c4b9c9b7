package io.holdfast.conformance;

import io.holdfast.spi.LockBackend;

/** All promises are kept, too, by the way in which a manager uses a backend that has a view for callers who wait. */
class BlockingViewContractTest extends LockBackendContract {
    @Override
    protected BackendFixture fixture() {
        return new InMemoryFixture() {
            @Override
            public LockBackend connect() {
                return new ViewedBackend(super.connect());
            }
        };
    }
}
