package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.conformance.RealTimeFixture;
import io.holdfast.conformance.model.ModelCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the scripts against the lock table, the executable specification. */
class RedisModelTest {
    private static final int THREADS = 24;
    private static final int SEQUENCES = 8;
    private static final int STEPS_WORTH_THE_NAME = THREADS * SEQUENCES * 5;

    /** Long, since a step so near to the end of a lease that nobody can tell which came first ends its sequence. */
    private static final Duration UNIT = Duration.ofMillis(300);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @ParameterizedTest
    @EnumSource
    void doesWhatTheLockTableDoes(SetUp setUp) throws Exception {
        long firstSeed = Long.getLong("holdfast.model.seed", 1);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (SetUp.Servers servers = setUp.start()) {
            long begin = System.nanoTime();
            long steps = 0;
            // On a busy machine, sequences end early because nobody can tell what is right.
            for (int round = 0; steps <= STEPS_WORTH_THE_NAME && System.nanoTime() - begin < LIMIT.toNanos(); round++) {
                steps += steps(servers.uri(), threads, firstSeed + (long) round * THREADS * SEQUENCES);
            }
            assertThat(steps).isGreaterThan(STEPS_WORTH_THE_NAME);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long steps(String uri, ExecutorService threads, long firstSeed) throws Exception {
        List<Future<Long>> checks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            long seed = firstSeed + (long) i * SEQUENCES;
            checks.add(threads.submit(() -> check(uri, seed)));
        }
        return sum(checks);
    }

    private static long check(String uri, long seed) {
        try (RealTimeFixture fixture = new RealTimeFixture(() -> TestBackends.connect(uri), UNIT)) {
            return new ModelCheck(fixture).check(seed, SEQUENCES);
        }
    }

    private static long sum(List<Future<Long>> checks) throws Exception {
        long steps = 0;
        for (Future<Long> check : checks) {
            try {
                steps += check.get();
            } catch (ExecutionException failed) {
                // The message is a test that shows the difference.
                throw new AssertionError(failed.getCause().getMessage(), failed.getCause());
            }
        }
        return steps;
    }
}
