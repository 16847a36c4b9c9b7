package io.holdfast.conformance.broken;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;

/** The store that the broken ones derive from breaks nothing itself. */
class SimpleStoreContractTest extends LockBackendContract {
    @Override
    protected BackendFixture fixture() {
        return new SimpleFixture(SimpleStore::new);
    }
}
