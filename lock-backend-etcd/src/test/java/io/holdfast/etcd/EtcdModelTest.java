package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.conformance.model.ModelCheck;
import io.holdfast.testservers.EtcdCluster;
import io.holdfast.testservers.EtcdServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random sequences of commands, compared with the lock table after each step; many at a time, since they mostly wait. */
class EtcdModelTest {
    private static final int THREADS = 24;
    private static final long SEEDS_APART = 1000;
    /** As etcd is delivered: an election, which lets all leases begin anew, must not come of a busy machine. */
    private static final Duration HEARTBEAT = Duration.ofMillis(100);

    private static final Duration ELECTION = Duration.ofSeconds(1);

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void doesWhatTheLockTableDoes(int nodes) throws Exception {
        check(nodes, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    @Tag("long")
    void doesWhatTheLockTableDoesInHundredsOfSequences(int nodes) throws Exception {
        check(nodes, 16);
    }

    private static void check(int nodes, int sequencesEach) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (EtcdCluster cluster =
                EtcdCluster.start(nodes, node -> node.dataInMemory().timing(HEARTBEAT, ELECTION))) {
            EtcdFixture.warmUp(cluster.nodes());
            List<Callable<Long>> checks = new ArrayList<>();
            for (int i = 1; i <= THREADS; i++) {
                long firstSeed = i * SEEDS_APART;
                checks.add(() -> check(cluster.nodes(), firstSeed, sequencesEach));
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

    private static long check(List<EtcdServer> nodes, long firstSeed, int sequences) {
        try (EtcdFixture fixture = new EtcdFixture(nodes)) {
            return new ModelCheck(fixture).check(firstSeed, sequences);
        }
    }
}
