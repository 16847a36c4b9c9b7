package io.holdfast.conformance;

class InMemoryContractTest extends LockBackendContract {
    @Override
    protected BackendFixture fixture() {
        return new InMemoryFixture();
    }
}
