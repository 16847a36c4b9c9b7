package io.holdfast.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.DistributedLock;
import io.holdfast.LockClosedException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.LockTimeoutException;
import io.holdfast.Locks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InMemoryLocksTest {
    @Test
    void memoryUriOpensALockThatWorksInRealTime() throws Exception {
        try (DistributedLock locks = Locks.open("memory:")) {
            LockHandle first = locks.acquire("orders/42", "worker-1", Duration.ZERO);
            CompletableFuture<LockHandle> second = locks.acquireAsync("orders/42", "worker-2", Duration.ofSeconds(20));
            assertThat(locks.tryAcquire("orders/42", "worker-3")).isEmpty();
            assertThatExceptionOfType(LockTimeoutException.class)
                    .isThrownBy(() -> locks.acquire("orders/42", "worker-3", Duration.ofMillis(20)))
                    .satisfies(timeout ->
                            assertThat(timeout.holder().orElseThrow().client()).isEqualTo("worker-1"));
            first.close();
            LockHandle granted = second.get();
            assertThat(granted.client()).isEqualTo("worker-2");
            assertThat(granted.fencingToken()).isGreaterThan(first.fencingToken());
            assertThat(first.isValid()).isFalse();
        }
    }

    @Test
    void theBuilderSetsDefaultsAndWhoIsToldOfALoss() throws Exception {
        CompletableFuture<String> toldOn = new CompletableFuture<>();
        LockOptions options =
                LockOptions.defaults().withLease(Duration.ofMillis(30)).withAutoRenewal(false);
        try (DistributedLock locks = InMemoryLocks.builder()
                .defaultOptions(options)
                .callbackExecutor(task -> new Thread(task, "callbacks").start())
                .create()) {
            LockHandle hold = locks.acquire("orders/42", "worker-1", Duration.ZERO);
            hold.onLost(lost -> toldOn.complete(Thread.currentThread().getName()));

            assertThat(hold.lease()).isEqualTo(options.lease());
            assertThat(toldOn.get()).isEqualTo("callbacks");
        }
    }

    @Test
    void memoryUriTakesNoMoreThanItsScheme() {
        assertThatIllegalArgumentException().isThrownBy(() -> Locks.open("memory:elsewhere"));
        assertThatIllegalArgumentException().isThrownBy(() -> Locks.open("memory:/#fragment"));
    }

    @Test
    void closedLockSaysSo() {
        DistributedLock locks = InMemoryLocks.create();
        locks.close();
        locks.close();
        assertThatExceptionOfType(LockClosedException.class).isThrownBy(() -> locks.inspect("a"));
        assertThatExceptionOfType(LockClosedException.class).isThrownBy(() -> locks.tryAcquire("a", "b"));
    }
}
