package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.conformance.model.ModelCheck;
import io.holdfast.testservers.EtcdServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random sequences of commands, compared with the lock table after each step; many at a time, since they mostly wait. */
class EtcdModelTest {
    private static final int THREADS = 24;
    private static final long SEEDS_APART = 1000;

    private static EtcdServer server;

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
        EtcdFixture.warmUp(List.of(server));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void doesWhatTheLockTableDoes() throws Exception {
        check(2);
    }

    @Test
    @Tag("long")
    void doesWhatTheLockTableDoesInHundredsOfSequences() throws Exception {
        check(16);
    }

    private static void check(int sequencesEach) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Long>> checks = new ArrayList<>();
            for (int i = 1; i <= THREADS; i++) {
                long firstSeed = i * SEEDS_APART;
                checks.add(() -> check(firstSeed, sequencesEach));
            }
            long steps = 0;
            for (Future<Long> done : threads.invokeAll(checks)) {
                steps += done.get();
            }
            // A sequence may end early on a busy machine, but not nearly all of them.
            assertThat(steps).isGreaterThan((long) THREADS * sequencesEach);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long check(long firstSeed, int sequences) {
        try (EtcdFixture fixture = new EtcdFixture(List.of(server))) {
            return new ModelCheck(fixture).check(firstSeed, sequences);
        }
    }
}
