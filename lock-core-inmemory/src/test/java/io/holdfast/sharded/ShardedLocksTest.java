package io.holdfast.sharded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.Locks;
import io.holdfast.core.LateStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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
    void aDefaultLeaseThatIsTooLongForAMoveIsRefused() {
        String move = "sharded:a=memory:;+b=memory:;longest-lease=PT10S";
        assertThatThrownBy(() -> Locks.open(move))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("default lease", "PT30S", "longest lease", "PT10S");
        LockOptions tooLong = LockOptions.defaults().withLease(Duration.ofSeconds(11));
        try (DistributedLock locks = Locks.open(move + ";default-lease=PT10S")) {
            assertThatThrownBy(() -> locks.acquire("r", "x", Duration.ZERO, tooLong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("lease must be at most PT10S", "PT11S");
        }
    }

    @Test
    void aShardThatIsNotThereAtTheStartComesLater() throws InterruptedException {
        try (LateStore late = new LateStore();
                DistributedLock locks = ShardedLocks.builder()
                        .shard("a", "memory:")
                        .shard("b", late)
                        .open()) {
            ShardMap map = ShardMap.of("a", "b");
            locks.acquire(resource(map, "a"), "x", Duration.ofSeconds(1)).close();
            String ofLate = resource(map, "b");
            assertThatThrownBy(() -> locks.acquire(ofLate, "x", Duration.ofSeconds(1)))
                    .isInstanceOf(LockBackendException.class)
                    .hasMessage("shard 'b': nobody is there");

            late.appear();
            LockHandle hold = null;
            while (hold == null) {
                hold = acquire(locks, ofLate);
            }
            assertThat(late.holder(ofLate)).contains("x");
        }
    }

    /** Connected, but perhaps not yet known to be. */
    private static @Nullable LockHandle acquire(DistributedLock locks, String resource) throws InterruptedException {
        try {
            return locks.acquire(resource, "x", Duration.ofSeconds(1));
        } catch (LockBackendException notYet) {
            assertThat(notYet).hasMessage("shard 'b': nobody is there");
            return null;
        }
    }

    private static String resource(ShardMap map, String shard) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "r" + i)
                .filter(name -> map.shardOf(name).equals(shard))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void listenersRunWhereTheyAreTold() throws Exception {
        CompletableFuture<String> toldOn = new CompletableFuture<>();
        LockOptions options =
                LockOptions.defaults().withLease(Duration.ofMillis(30)).withAutoRenewal(false);
        try (DistributedLock locks = ShardedLocks.builder()
                .shard("a", "memory:")
                .callbackExecutor(task -> new Thread(task, "callbacks").start())
                .open()) {
            locks.acquire("r", "x", Duration.ZERO, options)
                    .onLost(lost -> toldOn.complete(Thread.currentThread().getName()));

            assertThat(toldOn.get(20, TimeUnit.SECONDS)).isEqualTo("callbacks");
        }
    }

    @Test
    void settingsOutOfTheirLimitsAreRefusedByNameWithOrWithoutAMove() {
        assertThatThrownBy(() -> ShardedLocks.builder().answerTimeout(Duration.ZERO))
                .hasMessage("answerTimeout must be from PT0.001S to PT1H, but was PT0S");
        assertThatThrownBy(() -> ShardedLocks.builder().memberTimeout(Duration.ofMinutes(31)))
                .hasMessage("memberTimeout must be from PT0.001S to PT30M, but was PT31M");
        assertThatThrownBy(() -> ShardedLocks.builder().longestLease(Duration.ZERO))
                .hasMessage("longestLease must be from PT0.05S to PT168H, but was PT0S");
        assertThatThrownBy(() -> Locks.open("sharded:a=memory:;answer-timeout=PT2H"))
                .hasMessage("answerTimeout must be from PT0.001S to PT1H, but was PT2H");
        Locks.open("sharded:a=memory:;answer-timeout=PT1H;default-lease=PT5S").close();
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
