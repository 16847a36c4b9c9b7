package io.holdfast.conformance;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/**
 * The contract of a lock as tests. The author of a backend extends this class, gives a fixture, and has a test class that
 * is green when the backend keeps all promises, and otherwise names the ones that it breaks.
 *
 * <pre>{@code
 * class MyBackendContractTest extends LockBackendContract {
 *     @Override
 *     protected BackendFixture fixture() {
 *         return new RealTimeFixture(() -> new MyBackend("localhost:7777"), Duration.ofMillis(500));
 *     }
 * }
 * }</pre>
 *
 * <p>No test can be overridden. What a fixture can't do aborts the tests that need it, with the reason; a test that can't
 * get to its point because another promise is broken aborts too, and names that promise.
 */
@DisplayNameGeneration(PromiseNames.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class LockBackendContract {
    /** For subclasses. */
    protected LockBackendContract() {}

    /**
     * Makes the fixture for one test.
     *
     * @return a new fixture, which the suite closes after the test
     */
    protected abstract BackendFixture fixture();

    @Nested
    final class MutualExclusion extends MutualExclusionTests {
        MutualExclusion() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class FencingTokens extends FencingTokenTests {
        FencingTokens() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class Leases extends LeaseTests {
        Leases() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class BoundedWaiting extends BoundedWaitingTests {
        BoundedWaiting() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class NothingLeftInTheStore extends NothingLeftInTheStoreTests {
        NothingLeftInTheStore() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class NothingLeftByTheManager extends NothingLeftByTheManagerTests {
        NothingLeftByTheManager() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class RepeatedAcquire extends RepeatedAcquireTests {
        RepeatedAcquire() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class RepeatedRelease extends RepeatedReleaseTests {
        RepeatedRelease() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class Heartbeats extends HeartbeatTests {
        Heartbeats() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class Queue extends QueueTests {
        Queue() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class Notification extends NotificationTests {
        Notification() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class Loss extends LossTests {
        Loss() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class AutoRenewal extends AutoRenewalTests {
        AutoRenewal() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class BadArguments extends BadArgumentTests {
        BadArguments() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class Failures extends FailureTests {
        Failures() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class NamesOfAllKinds extends NamesOfAllKindsTests {
        NamesOfAllKinds() {
            super(LockBackendContract.this::fixture);
        }
    }

    @Nested
    final class AnyThread extends AnyThreadTests {
        AnyThread() {
            super(LockBackendContract.this::fixture);
        }
    }
}
