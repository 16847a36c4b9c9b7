package io.holdfast.conformance.broken;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LockBackendContract;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The suite as the author of a broken store would run it. Run only by {@link SuiteRun}: it is meant to fail. */
class BrokenContract extends LockBackendContract {
    private static @Nullable BrokenStore store;

    static void use(BrokenStore broken) {
        store = broken;
    }

    @Override
    protected BackendFixture fixture() {
        return Objects.requireNonNull(store, "store").fixture();
    }
}
