package io.holdfast.conformance;

/** The in-memory engine keeps all promises. */
class InMemoryContractTest extends LockBackendContract {
    @Override
    protected BackendFixture fixture() {
        return new InMemoryFixture();
    }
}
