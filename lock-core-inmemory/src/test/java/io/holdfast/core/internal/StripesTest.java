package io.holdfast.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StripesTest {
    private final AtomicInteger made = new AtomicInteger();
    private final Stripes<Integer> stripes = new Stripes<>(made::incrementAndGet);

    @Test
    void partsAreMadeWhenTheyAreNeeded() {
        assertThat(stripes.made()).isEmpty();
        Integer part = stripes.of("a");
        assertThat(stripes.of("a")).isSameAs(part);
        assertThat(stripes.made()).containsExactly(part);
    }

    @Test
    void namesThatAreCountedFallIntoAllParts() {
        IntStream.range(0, 10_000).forEach(i -> stripes.of("orders/" + i));
        assertThat(stripes.made()).hasSize(made.get()).hasSizeGreaterThan(500);
    }

    @Test
    void threadsThatMeetGetTheSamePartWhichIsAmongThoseMade() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CyclicBarrier together = new CyclicBarrier(4);
            for (int round = 0; round < 200; round++) {
                String name = "orders/" + round;
                List<Callable<Integer>> callers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    callers.add(() -> {
                        together.await();
                        Integer part = stripes.of(name);
                        assertThat(stripes.made()).contains(part);
                        return part;
                    });
                }
                Set<Integer> parts = threads.invokeAll(callers).stream()
                        .map(StripesTest::join)
                        .collect(Collectors.toSet());
                assertThat(parts).hasSize(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Integer join(Future<Integer> part) {
        try {
            return part.get();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }
}
