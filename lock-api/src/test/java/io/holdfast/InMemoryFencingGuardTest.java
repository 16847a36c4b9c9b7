package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InMemoryFencingGuardTest {
    private final InMemoryFencingGuard guard = new InMemoryFencingGuard();

    @Test
    void greaterTokensAreAccepted() {
        assertThat(guard.accept("r", 1)).isTrue();
        assertThat(guard.accept("r", 2)).isTrue();
        assertThat(guard.accept("r", Long.MAX_VALUE)).isTrue();
    }

    @Test
    void sameTokenIsAcceptedAnyNumberOfTimes() {
        assertThat(guard.accept("r", 5)).isTrue();
        assertThat(guard.accept("r", 5)).isTrue();
    }

    @Test
    void smallerTokenIsRefusedForEver() {
        guard.accept("r", 5);
        assertThat(guard.accept("r", 4)).isFalse();
        assertThat(guard.accept("r", 4)).isFalse();
        assertThat(guard.accept("r", 5)).isTrue();
    }

    @Test
    void resourcesKnowNothingOfEachOther() {
        guard.accept("x", 5);
        assertThat(guard.accept("y", 1)).isTrue();
    }

    @Test
    void writeReturnsWhatWasWritten() {
        assertThat(guard.<String>write("r", 5, () -> "written")).isEqualTo("written");
        assertThat(guard.<String>write("r", 5, () -> null)).isNull();
    }

    @Test
    void staleWriteIsNotCarriedOut() {
        guard.accept("r", 5);
        List<String> written = new ArrayList<>();
        assertThatExceptionOfType(StaleTokenException.class)
                .isThrownBy(() -> guard.write("r", 4, () -> written.add("stale")))
                .satisfies(stale -> {
                    assertThat(stale.resource()).isEqualTo("r");
                    assertThat(stale.token()).isEqualTo(4);
                    assertThat(stale.newest()).isEqualTo(5);
                });
        assertThat(written).isEmpty();
    }

    @Test
    void writeThatThrowsCountsAsOneWithItsToken() {
        assertThatIllegalStateException()
                .isThrownBy(() -> guard.write("r", 5, () -> {
                    throw new IllegalStateException("disk full");
                }));
        assertThat(guard.accept("r", 4)).isFalse();
        assertThat(guard.<String>write("r", 5, () -> "again")).isEqualTo("again");
    }

    @Test
    void badArgumentsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> guard.accept("r", 0))
                .withMessage("token must be greater than 0, but was 0");
        assertThatIllegalArgumentException().isThrownBy(() -> guard.write("r", -1, () -> "x"));
        assertThatNullPointerException().isThrownBy(() -> guard.accept(null, 1)).withMessage("resource");
        assertThatNullPointerException()
                .isThrownBy(() -> guard.write("r", 1, null))
                .withMessage("write");
        assertThat(guard.accept("r", 1)).isTrue();
    }

    @Test
    void noNewerTokenIsAcceptedWhileAWriteIsUnderWay() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Boolean> write = threads.submit(() -> guard.<Boolean>write("r", 5, () -> {
                writing.countDown();
                return await(mayEnd);
            }));
            assertThat(await(writing)).isTrue();
            AtomicLong order = new AtomicLong();
            Future<Boolean> newer = threads.submit(() -> {
                boolean accepted = guard.accept("r", 6);
                order.set(System.nanoTime());
                return accepted;
            });
            assertThat(guard.accept("other", 1)).as("other resources go on").isTrue();
            long before = System.nanoTime();
            mayEnd.countDown();
            assertThat(write.get()).isTrue();
            assertThat(newer.get()).isTrue();
            assertThat(order.get()).isGreaterThan(before);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void concurrentWritesNeverGoBack() throws Exception {
        long[] data = {0};
        AtomicLong tokens = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                writers.add(() -> writeMany(data, tokens));
            }
            int refused = 0;
            for (Future<Integer> writer : threads.invokeAll(writers)) {
                refused += writer.get();
            }
            assertThat(refused).isBetween(0, 8 * 2_000);
            assertThat(guard.<Long>write("r", tokens.get(), () -> data[0])).isEqualTo(tokens.get());
        } finally {
            threads.shutdownNow();
        }
    }

    /** Writes tokens to a place that no lock of its own guards; fails if one overtakes another. */
    private int writeMany(long[] data, AtomicLong tokens) {
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            long token = tokens.incrementAndGet();
            try {
                boolean grew = guard.<Boolean>write("r", token, () -> {
                    boolean greater = token > data[0];
                    data[0] = token;
                    return greater;
                });
                assertThat(grew).isTrue();
            } catch (StaleTokenException stale) {
                refused++;
            }
        }
        return refused;
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
