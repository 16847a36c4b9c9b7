package com.example.locks;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import io.holdfast.conformance.RealTimeFixture;
import java.time.Duration;

class MyStoreContractTest extends LockBackendContract {
    @Override
    protected BackendFixture fixture() {
        return new RealTimeFixture(MyStore::connect, Duration.ofMillis(200));
    }
}
