package io.holdfast.redis.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class IoThreadTest {
    @Test
    void whatItIsWokenForJustBeforeAnErrorIsDoneAllTheSame() throws InterruptedException {
        AtomicReference<IoThread> self = new AtomicReference<>();
        AtomicInteger works = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        IoThread io = new IoThread("fails-once", () -> {
            if (works.incrementAndGet() == 1) {
                self.get().wake();
                throw new StackOverflowError("planted");
            }
            done.countDown();
            return 0;
        });
        self.set(io);
        try {
            io.wake();

            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            io.stop();
        }
    }
}
