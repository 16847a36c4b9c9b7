package com.example.locks;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.RealTimeFixture;
import io.holdfast.conformance.model.ModelCheck;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MyStoreModelTest {
    @Test
    void doesWhatTheLockTableDoes() {
        try (BackendFixture fixture = new RealTimeFixture(MyStore::connect, Duration.ofMillis(200))) {
            new ModelCheck(fixture).withoutTime().check(0, 500);
            new ModelCheck(fixture).atATime(20).check(0, 100);
        }
    }
}
