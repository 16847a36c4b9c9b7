package io.holdfast.core;

import static io.holdfast.core.ManagerRig.RESOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bad arguments fail before anything is sent; odd ones are understood. */
@SuppressWarnings("FutureReturnValueIgnored") // because tests look at what the backend was asked
class LockManagerArgumentsTest {
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final String TOO_LONG = "x".repeat(DistributedLock.MAX_NAME_BYTES + 1);

    private final ManagerRig rig = new ManagerRig();
    private final LockManager manager = rig.manager;

    @AfterEach
    void nothingIsSent() {
        rig.backend.assertNothingMoreWasAsked();
    }

    @Test
    void resourceMustBeAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> manager.acquire("", "a", WAIT))
                .withMessageContaining("resource");
        assertThatIllegalArgumentException().isThrownBy(() -> manager.tryAcquire("", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> manager.acquireAsync(TOO_LONG, "a", WAIT));
        assertThatIllegalArgumentException().isThrownBy(() -> manager.release("\ud800", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> manager.heartbeat("", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> manager.inspect(""));
        assertThatNullPointerException().isThrownBy(() -> manager.inspect(null)).withMessage("resource");
    }

    @Test
    void clientMustBeAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> manager.acquire(RESOURCE, "", WAIT))
                .withMessageContaining("client");
        assertThatIllegalArgumentException().isThrownBy(() -> manager.acquireAsync(RESOURCE, TOO_LONG, WAIT));
        assertThatIllegalArgumentException().isThrownBy(() -> manager.release(RESOURCE, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> manager.heartbeat(RESOURCE, ""));
        assertThatNullPointerException()
                .isThrownBy(() -> manager.tryAcquire(RESOURCE, null))
                .withMessage("client");
    }

    @Test
    void timeoutMustNotBeNegative() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> manager.acquire(RESOURCE, "a", Duration.ofNanos(-1)))
                .withMessageContaining("timeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> manager.acquireAsync(RESOURCE, "a", Duration.ofSeconds(Long.MIN_VALUE)));
        assertThatNullPointerException()
                .isThrownBy(() -> manager.acquire(RESOURCE, "a", null))
                .withMessage("timeout");
    }

    @Test
    void optionsMustNotBeNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> manager.acquire(RESOURCE, "a", WAIT, null))
                .withMessage("options");
        assertThatNullPointerException().isThrownBy(() -> manager.acquireAsync(RESOURCE, "a", WAIT, null));
    }

    @Test
    void badArgumentsAreNamedEvenToAnInterruptedThread() {
        Thread.currentThread().interrupt();
        try {
            assertThatIllegalArgumentException().isThrownBy(() -> manager.acquire("", "a", WAIT));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void timeoutCountsInNanoseconds() {
        manager.acquireAsync(RESOURCE, "a", Duration.ofNanos(1));
        assertThat(rig.backend.acquires.take().argument().waitNanos()).isEqualTo(1);
    }

    @Test
    void timeoutOfMoreThanAHundredYearsCountsAsAHundredYears() {
        manager.acquireAsync(RESOURCE, "a", Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(Duration.ofNanos(rig.backend.acquires.take().argument().waitNanos()))
                .isEqualTo(Duration.ofDays(36_525));
    }

    @Test
    void defaultOptionsApplyWhereACallNamesNone() {
        LockOptions options = LockOptions.defaults().withLease(Duration.ofSeconds(7));
        LockManager other = LockManager.builder(rig.backend)
                .defaultOptions(options)
                .time(rig.time, rig.time)
                .build();
        assertThat(other.defaultOptions()).isEqualTo(options);
        other.acquireAsync(RESOURCE, "a", WAIT);
        assertThat(rig.backend.acquires.take().argument().leaseMillis()).isEqualTo(7_000);
    }

    @Test
    void eachRequestHasAnIdOfItsOwn() {
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            manager.acquireAsync(RESOURCE, "a", WAIT);
            ids.add(rig.backend.acquires.take().argument().id());
        }
        assertThat(ids).hasSize(1_000);
    }

    @Test
    void answerTimeoutHasLimits() {
        LockManager.Builder builder = LockManager.builder(rig.backend);
        builder.answerTimeout(Duration.ofMillis(1)).answerTimeout(Duration.ofHours(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.answerTimeout(Duration.ofMillis(1).minusNanos(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.answerTimeout(Duration.ofHours(1).plusNanos(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.answerTimeout(Duration.ZERO));
    }

    @Test
    void builderTakesNoNulls() {
        LockManager.Builder builder = LockManager.builder(rig.backend);
        assertThatNullPointerException()
                .isThrownBy(() -> LockManager.builder(null))
                .withMessage("backend");
        assertThatNullPointerException().isThrownBy(() -> builder.defaultOptions(null));
        assertThatNullPointerException().isThrownBy(() -> builder.answerTimeout(null));
        assertThatNullPointerException().isThrownBy(() -> builder.callbackExecutor(null));
        assertThatNullPointerException().isThrownBy(() -> builder.time(null, rig.time));
        assertThatNullPointerException().isThrownBy(() -> builder.time(rig.time, null));
    }
}
