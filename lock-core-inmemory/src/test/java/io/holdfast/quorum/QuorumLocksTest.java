package io.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.Locks;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuorumLocksTest {
    private static final String THREE = "quorum:a=memory:;b=memory:;c=memory:";

    @Test
    void aUriOpensThem() throws InterruptedException {
        try (DistributedLock locks = Locks.open(THREE + ";first-start=true;longest-lease=PT1M;member-timeout=PT0.5S")) {
            long newest = 0;
            for (int i = 1; i < 10; i++) {
                try (LockHandle hold = locks.acquire("r", "x", Duration.ofSeconds(1))) {
                    assertThat(hold.fencingToken()).isGreaterThan(newest);
                    newest = hold.fencingToken();
                }
            }
        }
    }

    @Test
    void theBuilderOpensThem() throws InterruptedException {
        LockOptions options = LockOptions.defaults().withLease(Duration.ofSeconds(7));
        try (DistributedLock locks = QuorumLocks.builder()
                        .member("a", "memory:")
                        .member("b", "memory:")
                        .member("c", "memory:")
                        .defaultOptions(options)
                        .longestLease(Duration.ofSeconds(7))
                        .memberTimeout(Duration.ofMillis(500))
                        .firstStart(true)
                        .open();
                LockHandle hold = locks.acquire("r", "x", Duration.ofSeconds(1))) {
            assertThat(hold.lease()).isEqualTo(Duration.ofSeconds(7));
        }
    }

    @Test
    void whatMayHaveForgottenDoesNotVote() {
        try (DistributedLock locks = Locks.open(THREE)) {
            assertThatThrownBy(() -> locks.tryAcquire("r", "x"))
                    .isInstanceOf(LockBackendException.class)
                    .hasMessageContaining("restarted within the longest lease");
        }
    }

    @Test
    void aLeaseThatIsTooLongIsRefused() {
        try (DistributedLock locks = Locks.open(THREE + ";first-start=true")) {
            LockOptions long6 = LockOptions.defaults().withLease(Duration.ofMinutes(6));
            assertThatThrownBy(() -> locks.acquire("r", "x", Duration.ZERO, long6))
                    .isInstanceOf(LockBackendException.class)
                    .hasMessage("lease must be at most PT5M, the longest lease of this quorum, but was PT6M");
        }
    }

    @Test
    void badQuorumsAreRefused() {
        assertThatThrownBy(() -> Locks.open("quorum:a=memory:"))
                .hasMessage("a quorum must have at least two members, but has 1");
        assertThatThrownBy(() -> Locks.open(THREE + ";longest-lease=secret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> Locks.open(THREE + ";longest-lease=P8D"))
                .hasMessage("lease must be at most PT168H, but was PT192H");
        assertThatThrownBy(() -> Locks.open(THREE + ";member-timeout=PT0S"))
                .hasMessage("timeout must be at least PT0.001S, but was PT0S");
        assertThatThrownBy(() -> QuorumLocks.builder().member("a", "memory:").member("a", "memory:"))
                .hasMessage("there are two members of the same name");
    }
}
