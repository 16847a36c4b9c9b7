package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SystemTimeTest {
    private final SystemTime time = new SystemTime();

    @AfterEach
    void stop() {
        time.close();
    }

    @Test
    void timeIsMonotonic() {
        long before = System.nanoTime();
        long read = time.read();
        assertThat(read - before).isNotNegative();
        assertThat(System.nanoTime() - read).isNotNegative();
    }

    @Test
    void taskRunsNotBeforeItsDelayOnADaemonThreadOfItsOwn() throws Exception {
        long delay = Duration.ofMillis(20).toNanos();
        CompletableFuture<Long> ranAt = new CompletableFuture<>();
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        long before = System.nanoTime();
        time.schedule(
                () -> {
                    ranAt.complete(System.nanoTime());
                    thread.complete(Thread.currentThread());
                },
                delay);
        assertThat(ranAt.get(10, TimeUnit.SECONDS) - before).isGreaterThanOrEqualTo(delay);
        assertThat(thread.join().getName()).isEqualTo("holdfast-timer");
        assertThat(thread.join().isDaemon()).isTrue();
    }

    @Test
    void overdueTaskRunsAtOnceButNotInsideTheCall() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        time.schedule(() -> thread.complete(Thread.currentThread()), -1);
        assertThat(thread.get(10, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
    }

    @Test
    void cancelledTaskDoesNotRun() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        CompletableFuture<Boolean> later = new CompletableFuture<>();
        Scheduler.Cancellable task =
                time.schedule(() -> ran.set(true), Duration.ofMillis(30).toNanos());
        task.cancel();
        time.schedule(() -> later.complete(true), Duration.ofMillis(40).toNanos());
        assertThat(later.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).isFalse();
    }

    @Test
    void closeStopsTheThreadAndLaterTasksNeverRun() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        time.schedule(() -> thread.complete(Thread.currentThread()), 0);
        AtomicBoolean ran = new AtomicBoolean();
        time.schedule(() -> ran.set(true), Duration.ofHours(1).toNanos());
        Thread timer = thread.get(10, TimeUnit.SECONDS);
        time.close();
        time.close();
        time.schedule(() -> ran.set(true), 0).cancel();
        timer.join(10_000);
        assertThat(timer.isAlive()).isFalse();
        assertThat(ran).isFalse();
    }

    @Test
    void wallClockShowsTheTimeOfDay() {
        assertThat(Duration.between(Instant.now(), SystemTime.wallClock()).abs())
                .isLessThan(Duration.ofMinutes(1));
    }
}
