package io.holdfast.benchmarks.contestants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.benchmarks.CriticalSection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ContestantTest {
    private static final int THREADS = 4;
    private static final int PAIRS = 2_000;

    static Set<Contestant> inMemory() {
        return Contestant.of(Family.MEMORY);
    }

    @ParameterizedTest
    @MethodSource("inMemory")
    void aReleasedResourceCanBeAcquiredAgain(Contestant contestant) throws InterruptedException {
        try (NamedLocks<?> locks = contestant.open()) {
            CriticalSection section = new CriticalSection();
            for (int i = 0; i < PAIRS; i++) {
                locks.guard("resource", "client", () -> section.pass(1));
            }
            assertThat(section.passes()).isEqualTo(PAIRS);
        }
    }

    @ParameterizedTest
    @MethodSource("inMemory")
    void aHeldResourceIsNotGrantedToAnotherClient(Contestant contestant) throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (NamedLocks<?> locks = contestant.open()) {
            CountDownLatch asked = new CountDownLatch(1);
            CountDownLatch granted = new CountDownLatch(1);
            Future<?>[] waiting = new Future<?>[1];
            locks.guard("resource", "holder", () -> {
                waiting[0] = other.submit(() -> {
                    asked.countDown();
                    locks.guard("resource", "other", granted::countDown);
                    return null;
                });
                // That it is never granted would take for ever to see; a moment shows a lock that excludes nobody.
                assertThat(comesTrue(asked, 10_000)).isTrue();
                assertThat(comesTrue(granted, 20)).isFalse();
            });
            assertThat(comesTrue(granted, 10_000)).isTrue();
            waiting[0].get(10, TimeUnit.SECONDS);
        } finally {
            other.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource("inMemory")
    void atMostOneOfManyThreadsIsInside(Contestant contestant) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (NamedLocks<?> locks = contestant.open()) {
            CriticalSection section = new CriticalSection();
            List<Future<?>> working = new ArrayList<>();
            for (int who = 1; who <= THREADS; who++) {
                int self = who;
                working.add(threads.submit(() -> {
                    for (int i = 0; i < PAIRS; i++) {
                        locks.guard("resource", "client-" + self, () -> section.pass(self));
                    }
                    return null;
                }));
            }
            for (Future<?> work : working) {
                work.get(30, TimeUnit.SECONDS);
            }
            assertThat(section.passes()).isEqualTo((long) THREADS * PAIRS);
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HOLDFAST", "CAFFEINE", "MAP_AND_TIMER"})
    void anAbandonedHoldEndsWithItsLeaseAndNotBefore(Contestant contestant) throws Exception {
        try (ExpiringLocks locks = contestant.openExpiring()) {
            long start = System.nanoTime();
            locks.abandon("resource", Duration.ofMillis(30)).get(10, TimeUnit.SECONDS);
            assertThat(System.nanoTime() - start)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(30).toNanos());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REENTRANT_LOCK", "FAIR_REENTRANT_LOCK", "STRIPED", "SHEDLOCK"})
    void contestantsThatDontTellOfExpirySaySo(Contestant contestant) {
        assertThatThrownBy(contestant::openExpiring)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(contestant.label());
    }

    private static boolean comesTrue(CountDownLatch latch, long millis) {
        try {
            return latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }
}
