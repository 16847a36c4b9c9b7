package io.holdfast.benchmarks.crew;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.contestants.NamedLocks;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
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

    private static Outcome run(NamedLocks<?> locks, Duration patience) throws Exception {
        Task task = new Task(Job.Kind.WAITERS, RESOURCE, 0, 1, 0, WAITERS, 0, 1, 0, 0, null);
        return new WaitersJob(patience).run(locks, task);
    }

    /** What happens to who asks. */
    @FunctionalInterface
    private interface Entrance {
        void pass(String resource, String client) throws InterruptedException;
    }

    private static final class Semaphores implements NamedLocks<Semaphore> {
        private final Entrance entrance;
        private final Map<String, Semaphore> all = new ConcurrentHashMap<>();

        Semaphores(Entrance entrance) {
            this.entrance = entrance;
        }

        @Override
        public Semaphore acquire(String resource, String client) throws InterruptedException {
            entrance.pass(resource, client);
            Semaphore semaphore = all.computeIfAbsent(resource, absent -> new Semaphore(1));
            semaphore.acquire();
            return semaphore;
        }

        @Override
        public void release(Semaphore hold) {
            hold.release();
        }
    }
}
