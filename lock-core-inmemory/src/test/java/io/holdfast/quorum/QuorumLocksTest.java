package io.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.Locks;
import io.holdfast.core.LateStore;
import io.holdfast.inmemory.InMemoryEngine;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
                    .hasMessageStartingWith("too few members of the quorum have a vote")
                    .hasMessageContainingAll("(PT5M)", "member 'a' votes in PT", "member 'c' votes in PT")
                    .hasMessageEndingWith("If nobody has used any of these servers before, set firstStart");
        }
    }

    /** To wait for what can't come in time would only keep the reason back. */
    @Test
    @Timeout(20)
    void whoeverWaitsIsToldOfMissingVotesWhileItMatters() {
        try (DistributedLock locks = Locks.open(THREE)) {
            assertThatThrownBy(() -> locks.acquire("r", "x", Duration.ofMinutes(1)))
                    .hasMessageContaining("member 'a' votes in PT");
        }
    }

    @Test
    void whoeverWaitsForVotesThatComeInTimeGetsThem() throws InterruptedException {
        try (DistributedLock locks = Locks.open(THREE + ";longest-lease=PT0.5S;default-lease=PT0.5S");
                LockHandle hold = locks.acquire("r", "x", Duration.ofSeconds(20))) {
            assertThat(hold.isValid()).isTrue();
        }
    }

    @Test
    void aLeaseThatIsTooLongIsBadInput() {
        try (DistributedLock locks = Locks.open(THREE + ";first-start=true")) {
            LockOptions long6 = LockOptions.defaults().withLease(Duration.ofMinutes(6));
            assertThatThrownBy(() -> locks.acquire("r", "x", Duration.ZERO, long6))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "lease must be at most PT5M, the longest that quorum of 3 (in-memory) grants, but was PT6M");
            assertThatThrownBy(() -> locks.acquireAsync("r", "x", Duration.ZERO, long6))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aDefaultLeaseThatIsTooLongIsRefusedAtOnce() {
        assertThatThrownBy(() -> Locks.open(THREE + ";longest-lease=PT10S"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("default lease", "PT30S", "longest lease", "PT10S");
        Locks.open(THREE + ";longest-lease=PT10S;default-lease=PT10S").close();
    }

    @Test
    void aMemberThatIsNotThereAtTheStartComesLater() throws InterruptedException {
        try (LateStore late = new LateStore();
                DistributedLock locks = QuorumLocks.builder()
                        .member("a", late)
                        .member("b", "memory:")
                        .member("c", "memory:")
                        .firstStart(true)
                        .open()) {
            locks.acquire("r", "x", Duration.ofSeconds(10)).close();
            late.appear();

            // Connected, but perhaps not yet known to be: then the next request goes without it.
            for (int i = 0; late.holder("r" + i).isEmpty(); i++) {
                LockHandle hold = locks.acquire("r" + (i + 1), "x", Duration.ofSeconds(10));
                assertThat(hold.isValid()).isTrue();
            }
        }
    }

    @Test
    void aQuorumOfWhichNobodyIsThereIsNotOpened() {
        long before = timers();
        try (LateStore one = new LateStore();
                LateStore other = new LateStore()) {
            assertThatThrownBy(() -> QuorumLocks.builder()
                            .member("a", one)
                            .member("b", other)
                            .open())
                    .isInstanceOf(LockBackendException.class)
                    .hasMessage(
                            "no member can be connected to: member 'a': nobody is there; member 'b': nobody is there");
        }
        assertThat(timers()).isLessThanOrEqualTo(before);
    }

    private static long timers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("holdfast-"))
                .count();
    }

    @Test
    void oneServerUnderTwoNamesIsRefused() {
        String twice = "quorum:a=nowhere://u:secret@host:1;b=memory:;c=NOWHERE://host:1/";
        assertThatThrownBy(() -> Locks.open(twice))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("members 'a' and 'c' have the same store")
                .hasMessageNotContaining("secret");
    }

    @Test
    void oneServerWithTwoAddressesIsFoundOut() throws InterruptedException {
        try (InMemoryEngine engine = InMemoryEngine.create();
                DistributedLock locks = QuorumLocks.builder()
                        .member("a", (ticker, scheduler) -> engine.connect())
                        .member("b", "memory:")
                        .member("c", (ticker, scheduler) -> engine.connect())
                        .firstStart(true)
                        .open()) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> locks.acquire("r", "x", Duration.ofSeconds(1)))
                        .isInstanceOf(LockBackendException.class)
                        .hasMessageContaining("members 'a' and 'c' are one store under two addresses");
            }
        }
    }

    @Test
    void listenersRunWhereTheyAreTold() throws Exception {
        CompletableFuture<String> toldOn = new CompletableFuture<>();
        LockOptions options =
                LockOptions.defaults().withLease(Duration.ofMillis(60)).withAutoRenewal(false);
        try (DistributedLock locks = QuorumLocks.builder()
                .member("a", "memory:")
                .member("b", "memory:")
                .firstStart(true)
                .callbackExecutor(task -> new Thread(task, "callbacks").start())
                .open()) {
            locks.acquire("r", "x", Duration.ofSeconds(1), options)
                    .onLost(lost -> toldOn.complete(Thread.currentThread().getName()));

            assertThat(toldOn.get(20, TimeUnit.SECONDS)).isEqualTo("callbacks");
        }
    }

    @Test
    void badQuorumsAreRefused() {
        assertThatThrownBy(() -> Locks.open("quorum:a=memory:"))
                .hasMessage("a quorum must have at least two members, but has 1");
        assertThatThrownBy(() -> Locks.open(THREE + ";longest-lease=secret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> QuorumLocks.builder().member("a", "memory:").member("a", "memory:"))
                .hasMessage("there are two members of the same name");
    }

    @Test
    void settingsOutOfTheirLimitsAreRefusedByName() {
        assertThatThrownBy(() -> QuorumLocks.builder().longestLease(Duration.ofDays(8)))
                .hasMessage("longestLease must be from PT0.05S to PT168H, but was PT192H");
        assertThatThrownBy(() -> QuorumLocks.builder().longestLease(Duration.ofMillis(49)))
                .hasMessageContaining("but was PT0.049S");
        assertThatThrownBy(() -> QuorumLocks.builder().memberTimeout(Duration.ofMinutes(40)))
                .hasMessage("memberTimeout must be from PT0.001S to PT30M, but was PT40M");
        assertThatThrownBy(() -> Locks.open(THREE + ";member-timeout=PT0S"))
                .hasMessage("memberTimeout must be from PT0.001S to PT30M, but was PT0S");
        assertThatThrownBy(() -> Locks.open(THREE + ";first-start=yes"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("first-start must be 'true' or 'false'");
        Locks.open(THREE + ";first-start=false;member-timeout=PT30M").close();
    }
}
