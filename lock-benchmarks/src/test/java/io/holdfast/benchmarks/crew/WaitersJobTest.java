package io.holdfast.benchmarks.crew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.benchmarks.CriticalSection;
import io.holdfast.benchmarks.Guarded;
import io.holdfast.benchmarks.contestants.NamedLocks;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitersJobTest {
    private static final int WAITERS = 8;
    private static final String RESOURCE = "warm-up-waiters";

    @Test
    void whenAllAreServedNothingIsLeftBehind() throws Exception {
        Outcome outcome = run(new Semaphores((resource, client) -> {}), Duration.ofSeconds(30));

        assertThat(outcome.value("failed")).isZero();
        assertThat(outcome.leavesBehind()).isFalse();
    }

    @Test
    void aWaiterThatIsNotServedInTimeHasFailedAndIsLeftBehind() throws Exception {
        CountDownLatch served = new CountDownLatch(1);
        Outcome outcome = run(
                new Semaphores((resource, client) -> {
                    if (resource.equals(RESOURCE) && client.equals("client-1")) {
                        served.await();
                    }
                }),
                Duration.ofSeconds(1));
        served.countDown();

        assertThat(outcome.value("failed")).isEqualTo(1);
        assertThat(outcome.leavesBehind()).isTrue();
    }

    @Test
    void aWaiterThatIsTurnedAwayHasFailedButIsNotLeftBehind() throws Exception {
        Outcome outcome = run(
                new Semaphores((resource, client) -> {
                    if (resource.equals(RESOURCE) && client.equals("client-1")) {
                        throw new IllegalStateException("too many");
                    }
                }),
                Duration.ofSeconds(30));

        assertThat(outcome.value("failed")).isEqualTo(1);
        assertThat(outcome.leavesBehind()).isFalse();
    }

    @Test
    void twoInsideAtOnceFailTheTurnAndTheOthersAreServed() {
        Semaphores locks = new Semaphores((resource, client) -> {});
        Section section = new Section() {
            @Override
            public void enter(int who) {
                super.enter(who);
                if (passes() == WAITERS / 2) {
                    super.leave(who);
                    throw new IllegalStateException("two threads hold the lock at once");
                }
            }
        };

        assertThatThrownBy(() -> run(locks, Duration.ofSeconds(30), section))
                .hasMessageContaining("two threads hold the lock at once");
        assertThat(locks.areFree()).isTrue();
    }

    @Test
    void anUpdateThatIsLostFailsTheTurn() {
        Section section = new Section() {
            @Override
            public long passes() {
                return Math.min(super.passes(), WAITERS);
            }
        };

        assertThatThrownBy(() -> run(new Semaphores((resource, client) -> {}), Duration.ofSeconds(30), section))
                .hasMessageContaining((WAITERS + 2) + " grants, but " + WAITERS + " updates");
    }

    private static Outcome run(NamedLocks<?> locks, Duration patience) throws Exception {
        return run(locks, patience, new CriticalSection());
    }

    private static Outcome run(NamedLocks<?> locks, Duration patience, Guarded section) throws Exception {
        Task task = new Task(Job.Kind.WAITERS, RESOURCE, 0, 1, 0, WAITERS, 0, 1, 0, 0, null);
        return new WaitersJob(patience, section).run(locks, task);
    }

    /** A section that a test may change. */
    private static class Section implements Guarded {
        private final CriticalSection real = new CriticalSection();

        @Override
        public void enter(int who) {
            real.enter(who);
        }

        @Override
        public void leave(int who) {
            real.leave(who);
        }

        @Override
        public long passes() {
            return real.passes();
        }
    }
}
