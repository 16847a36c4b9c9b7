package io.holdfast.benchmarks.crew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.benchmarks.contestants.NamedLocks;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RenewalJobTest {
    private static final int THREADS = 4;
    private static final int HOLDS = 40;

    @Test
    void allThatIsAcquiredIsReleased() throws Exception {
        Holds locks = new Holds();
        Outcome outcome = run(locks);

        assertThat(outcome.allGrants()).isEqualTo(HOLDS);
        assertThat(locks.acquired).hasSize(HOLDS);
        assertThat(locks.held).isEmpty();
    }

    @Test
    void aContestantWhoseThreadsWouldWaitForEachOtherHasAllItsHoldsInOne() throws Exception {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        Holds locks = new Holds() {
            @Override
            public String acquire(String resource, String client) throws InterruptedException {
                threads.add(Thread.currentThread());
                return super.acquire(resource, client);
            }

            @Override
            public int mostHoardingThreads() {
                return 1;
            }
        };
        run(locks);

        assertThat(threads).hasSize(1);
        assertThat(locks.acquired).hasSize(HOLDS);
        assertThat(locks.held).isEmpty();
    }

    @Test
    void whatFailsWhenAHoldIsAcquiredFailsTheTurn() {
        IllegalStateException own = new IllegalStateException("evicted");
        NamedLocks<String> locks = new Holds() {
            @Override
            public String acquire(String resource, String client) throws InterruptedException {
                if (client.equals("client-3")) {
                    throw own;
                }
                return super.acquire(resource, client);
            }
        };
        assertThatThrownBy(() -> run(locks)).isSameAs(own);
    }

    @Test
    void aFailureIsToldWhileOthersStillWaitForTheirHolds() {
        IllegalStateException own = new IllegalStateException("evicted");
        CountDownLatch never = new CountDownLatch(1);
        NamedLocks<String> locks = new Holds() {
            @Override
            public String acquire(String resource, String client) throws InterruptedException {
                if (client.equals("client-3")) {
                    throw own;
                }
                never.await();
                return super.acquire(resource, client);
            }
        };
        assertThatThrownBy(() -> run(locks)).isSameAs(own);
        never.countDown();
    }

    @Test
    void aHoldThatIsLostFailsTheTurn() {
        IllegalStateException own = new IllegalStateException("lost");
        NamedLocks<String> locks = new Holds() {
            @Override
            public void requireHeld(String hold) {
                throw own;
            }
        };
        assertThatThrownBy(() -> run(locks)).isSameAs(own);
    }

    private static Outcome run(NamedLocks<?> locks) throws Exception {
        Task task = new Task(Job.Kind.RENEWAL, "warm-up-renewal", 0, THREADS, 0, HOLDS, 0, 1, 0, 0, null);
        return Job.Kind.RENEWAL.create().run(locks, task);
    }

    /** Grants everything. */
    private static class Holds implements NamedLocks<String> {
        final Set<String> acquired = ConcurrentHashMap.newKeySet();
        final Set<String> held = ConcurrentHashMap.newKeySet();

        @Override
        public String acquire(String resource, String client) throws InterruptedException {
            acquired.add(resource);
            held.add(resource);
            return resource;
        }

        @Override
        public void release(String hold) {
            held.remove(hold);
        }
    }
}
