package io.holdfast.benchmarks.contestants;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.CriticalSection;
import io.holdfast.benchmarks.contestants.Contestant.Trait;
import io.holdfast.benchmarks.servers.DataPlace;
import io.holdfast.benchmarks.servers.Servers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Holdfast is compared with must be locks, on real servers. Its own backends have the conformance suite. */
@Timeout(60)
class ServerContestantTest {
    private static final Set<Family> FAMILIES = EnumSet.complementOf(EnumSet.of(Family.MEMORY));
    private static final int THREADS = 4;
    private static final int PAIRS = 25;

    private static Servers servers;

    @BeforeAll
    static void startServers() {
        servers = Servers.of(FAMILIES, Setup.ALONE, DataPlace.DISK);
        assertThat(servers.problems()).isEmpty();
    }

    @AfterAll
    static void stopServers() {
        servers.close();
    }

    static Stream<Contestant> locks() {
        return Arrays.stream(Contestant.values())
                .filter(contestant -> contestant.family() != Family.MEMORY)
                .filter(contestant -> !contestant.is(Trait.OURS) && !contestant.is(Trait.EXCLUDES_NOBODY));
    }

    @ParameterizedTest
    @MethodSource("locks")
    void atMostOneOfManyThreadsIsInside(Contestant contestant) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (NamedLocks<?> locks = contestant.open(servers.setup())) {
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
}
