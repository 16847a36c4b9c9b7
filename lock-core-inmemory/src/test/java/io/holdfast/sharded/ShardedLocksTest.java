package io.holdfast.sharded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.Locks;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ShardedLocksTest {
    @Test
    void aUriOpensThem() throws InterruptedException {
        try (DistributedLock locks = Locks.open("sharded:east=memory:;west*2=memory:")) {
            for (int i = 0; i < 10; i++) {
                try (LockHandle hold = locks.acquire("r" + i, "x", Duration.ofSeconds(1))) {
                    assertThat(hold.isValid()).isTrue();
                }
            }
        }
    }

    @Test
    void aUriNamesTheShardsOfAMove() throws InterruptedException {
        try (DistributedLock locks = Locks.open(
                "sharded:east=memory:;-west=memory:;+north*2=memory:;longest-lease=PT1M;member-timeout=PT2S")) {
            for (int i = 0; i < 10; i++) {
                try (LockHandle hold = locks.acquire("r" + i, "x", Duration.ofSeconds(1))) {
                    assertThat(hold.isValid()).isTrue();
                }
            }
        }
    }

    @Test
    void theBuilderNamesTheShardsOfAMove() throws InterruptedException {
        try (DistributedLock locks = ShardedLocks.builder()
                        .shard("east", "memory:")
                        .adding("north", 2, "memory:")
                        .removing("west", 1, "memory:")
                        .longestLease(Duration.ofMinutes(1))
                        .memberTimeout(Duration.ofSeconds(2))
                        .open();
                LockHandle hold = locks.acquire("r", "x", Duration.ofSeconds(1))) {
            assertThat(hold.isValid()).isTrue();
        }
    }

    @Test
    void theBuilderOpensThem() throws InterruptedException {
        LockOptions options = LockOptions.defaults().withLease(Duration.ofSeconds(7));
        try (DistributedLock locks = ShardedLocks.builder()
                        .shard("east", "memory:")
                        .shard("west", 2, "memory:")
                        .defaultOptions(options)
                        .answerTimeout(Duration.ofMillis(200))
                        .open();
                LockHandle hold = locks.acquire("r", "x", Duration.ofSeconds(1))) {
            assertThat(hold.lease()).isEqualTo(Duration.ofSeconds(7));
        }
    }

    @Test
    void aPartThatNoBackendKnowsIsRefusedWithoutBeingRepeated() {
        assertThatThrownBy(() -> Locks.open("sharded:a=memory:;b=nowhere://:secret@host"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret")
                .hasMessageContaining("memory");
    }

    @Test
    void aMalformedUriIsRefusedWithoutBeingRepeated() {
        for (String uri : new String[] {
            "sharded:",
            "sharded:secret",
            "sharded:=memory:",
            "sharded:a=memory:;a=memory:?secret",
            "sharded:a*secret=memory:",
            "sharded:a*0=memory:",
            "sharded:*2=memory:?secret",
            "sharded:a=memory:;+b=memory:;member-timeout=secret",
            "sharded:a=memory:;+b=memory:;member-timeout=PT0S",
            "sharded:a secret=memory:",
            "sharded:a,secret=memory:",
            "sharded:a=memory:;+a=memory:?secret",
            "sharded:+a=memory:?secret",
            "sharded:a=memory:;+=memory:?secret",
            "sharded:a=memory:;+b=memory:;longest-lease=secret",
            "sharded:a=memory:;+b=memory:;longest-lease=PT0S"
        }) {
            assertThatThrownBy(() -> Locks.open(uri))
                    .as(uri)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void nothingMovesBetweenTwoNamesOfOneStore() {
        assertThatThrownBy(() -> Locks.open("sharded:-a=nowhere://u:secret@host:1;+a2=nowhere://host:1/;c=memory:"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("shards 'a' and 'a2' have the same store")
                .hasMessageNotContaining("secret");
    }

    @Test
    void noThreadIsLeftWhenOpeningFails() {
        long before = timers();
        assertThatThrownBy(() -> Locks.open("sharded:a=memory:;b=nowhere:x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(timers()).isLessThanOrEqualTo(before);
    }

    private static long timers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("holdfast-timer"))
                .count();
    }
}
