package io.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CriticalSectionTest {
    @Test
    void countsThoseWhoPassOneAfterTheOther() {
        CriticalSection section = new CriticalSection();
        section.pass(1);
        section.pass(2);
        assertThat(section.passes()).isEqualTo(2);
    }

    @Test
    @Timeout(60)
    void noticesTwoThreadsWithoutALock() throws InterruptedException {
        CriticalSection section = new CriticalSection();
        AtomicReference<RuntimeException> noticed = new AtomicReference<>();
        Thread first = new Thread(() -> passUntilNoticed(section, 1, noticed));
        Thread second = new Thread(() -> passUntilNoticed(section, 2, noticed));
        first.start();
        second.start();
        first.join();
        second.join();
        assertThat(noticed.get()).hasMessageContaining("two threads hold the lock at once");
    }

    private static void passUntilNoticed(CriticalSection section, int who, AtomicReference<RuntimeException> noticed) {
        try {
            while (noticed.get() == null) {
                section.pass(who);
            }
        } catch (IllegalStateException overlap) {
            noticed.compareAndSet(null, overlap);
        }
    }
}
