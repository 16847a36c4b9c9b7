package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockClosedException;
import io.holdfast.LockHandle;
import io.holdfast.conformance.FaultyBackend.Command;
import io.holdfast.conformance.FaultyBackend.Fault;
import io.holdfast.spi.Grant;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Promise 5, as the application sees it: however a request ends, nothing of it remains. */
abstract class NothingLeftByTheManagerTests extends LockTopic {
    private static final int MANAGERS = 3;

    private static final Duration REAL_TIME_LIMIT = Duration.ofSeconds(3);

    NothingLeftByTheManagerTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(5)
    final void aTimedOutRequestLeavesNothing() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        CompletableFuture<LockHandle> bob = locks().acquireAsync(resource, BOB, lease(), plain(LONG_LEASE));
        passALease();
        assertThat(failure(bob)).isNotNull();
        assertNobodyWaitsFor(peer, held);
    }

    @Test
    @Promise(5)
    final void anInterruptedRequestLeavesNothing() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Call<LockHandle> bob = call(locks(), locks -> locks.acquire(resource, BOB, LONG, plain(LONG_LEASE)));
        bob.awaitBlocked(() -> peer.waiters() == 1);
        bob.interrupt();
        assertThat(bob.failure()).isInstanceOf(InterruptedException.class);
        assertNobodyWaitsFor(peer, held);
    }

    @Test
    @Promise(5)
    final void aRequestOfAnInterruptedThreadIsNotBegun() {
        DistributedLock locks = locks();
        Call<Boolean> alice = call(locks, target -> {
            Thread.currentThread().interrupt();
            return target.tryAcquire(resource, ALICE).isPresent();
        });
        assertThat(alice.failure()).isInstanceOf(InterruptedException.class);
        settle();
        assertThat(peer().look()).isEmpty();
    }

    @Test
    @Promise(5)
    final void aCancelledFutureLeavesNothing() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        CompletableFuture<LockHandle> bob = locks().acquireAsync(resource, BOB, LONG, plain(LONG_LEASE));
        awaitWaiters(peer, 1);
        assertThat(bob.cancel(true)).isTrue();
        assertNobodyWaitsFor(peer, held);
    }

    @Test
    @Promise(5)
    final void aFutureThatTimesOutByItselfLeavesNothing() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        CompletableFuture<LockHandle> bob = locks().acquireAsync(resource, BOB, LONG, plain(LONG_LEASE));
        // Counts in real time, whatever the fixture's time does.
        CompletableFuture<LockHandle> timed = bob.orTimeout(5, TimeUnit.MILLISECONDS);
        assertThat(Waiting.until(timed::isDone, Duration.ofSeconds(20))).isTrue();
        assertThat(failure(timed)).hasRootCauseInstanceOf(TimeoutException.class);
        // So does the thread that withdraws it, for which a fixture in manual time may have no patience.
        assertThat(Waiting.until(() -> peer.waiters() == 0, REAL_TIME_LIMIT)).isTrue();
        assertNobodyWaitsFor(peer, held);
    }

    @Test
    @Promise(5)
    final void aFutureThatSomebodyElseCompletesLeavesNothing() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        CompletableFuture<LockHandle> bob = locks().acquireAsync(resource, BOB, LONG, plain(LONG_LEASE));
        bob.completeExceptionally(new IllegalStateException("no longer wanted"));
        assertNobodyWaitsFor(peer, held);
    }

    @Test
    @Promise(5)
    final void aCancellationThatCrossesTheGrantLeavesNothing() {
        Peer peer = peer();
        FaultyBackend slow = faulty();
        slow.failNext(Command.ACQUIRE, Fault.REPLY_HELD);
        CompletableFuture<LockHandle> bob = locks(slow).acquireAsync(resource, BOB, LONG, plain(LONG_LEASE));
        eventually("the store has granted it", () -> peer.holder().isPresent());
        bob.cancel(true);
        slow.letRepliesPass();
        eventually("the resource is free", () -> peer.look().isEmpty());
    }

    @Test
    @Promise(5)
    final void aCancellationThatCrossesTheGrantOfAWaiterLeavesNothing() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        FaultyBackend slow = faulty();
        slow.failNext(Command.GRANT, Fault.REPLY_HELD);
        CompletableFuture<LockHandle> bob = locks(slow).acquireAsync(resource, BOB, LONG, plain(LONG_LEASE));
        awaitWaiters(peer, 1);
        peer.release(held);
        eventually(
                "the store has granted it",
                () -> peer.holder().filter(BOB::equals).isPresent());
        bob.cancel(true);
        slow.letRepliesPass();
        eventually("the resource is free", () -> peer.look().isEmpty());
    }

    @Test
    @Promise(5)
    final void anAcquireWhoseAnswerWasLostLeavesNothing() {
        assertNothingIsLeftAfter(Fault.REPLY_LOST);
    }

    @Test
    @Promise(5)
    final void anAcquireThatWasNeverAnsweredLeavesNothing() {
        assertNothingIsLeftAfter(Fault.REPLY_HELD);
    }

    @Test
    @Promise(5)
    final void whatAPausedStoreWasAskedForLeavesNothing() {
        Peer peer = peer();
        DistributedLock locks = connectedLocks();
        pauseStore();
        CompletableFuture<LockHandle> bob = locks.acquireAsync(resource, BOB, Duration.ZERO, plain(LONG_LEASE));
        pass(impatience().plus(fixture().slack()));
        assertThat(failure(bob)).isNotNull();
        resumeAndCatchUp();
        eventually("the resource is free", () -> peer.look().isEmpty());
    }

    @Test
    @Promise(5)
    final void aRequestThatIsCancelledWhileTheStoreIsPausedLeavesNothing() {
        Peer peer = peer();
        DistributedLock locks = connectedLocks();
        pauseStore();
        CompletableFuture<LockHandle> bob = locks.acquireAsync(resource, BOB, LONG, plain(LONG_LEASE));
        settle();
        bob.cancel(true);
        resumeAndCatchUp();
        eventually("the resource is free", () -> peer.look().isEmpty());
    }

    @Test
    @Promise(5)
    final void aWaiterWhoseTimeEndsWhileTheStoreIsPausedLeavesNothing() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        long start = fixture().ticker().read();
        CompletableFuture<LockHandle> bob = impatientLocks().acquireAsync(resource, BOB, lease(), plain(LONG_LEASE));
        eventually("one waits", () -> bob.isDone() || peer.waiters() == 1);
        pauseStore();
        assumeWaits(start);
        pass(lease().plus(impatience()).plus(fixture().slack()));
        assertThat(failure(bob)).isNotNull();
        resumeAndCatchUp();
        assertNobodyWaitsFor(peer, held);
    }

    @Test
    @Promise(5)
    final void workThatThrowsLeavesNothing() {
        DistributedLock locks = locks();
        assertThatThrownBy(() -> locks.withLock(resource, ALICE, Duration.ZERO, hold -> {
                    throw new IllegalStateException("the work failed");
                }))
                .hasMessage("the work failed");
        assertThat(peer().look()).isEmpty();
    }

    @Test
    @Promise(5)
    final void aClosedManagerReleasesItsHolds() throws InterruptedException {
        DistributedLock locks = locks();
        LockHandle plain = locks.acquire(resource, ALICE, Duration.ZERO, plain(LONG_LEASE));
        LockHandle renewed = locks.acquire(resource + "/2", ALICE, Duration.ZERO, renewing(LONG_LEASE));
        locks.close();
        assertThat(plain.isValid()).isFalse();
        assertThat(renewed.isValid()).isFalse();
        Peer peer = peer();
        assertThat(peer.look()).isEmpty();
        assertThat(peer.look(resource + "/2")).isEmpty();
    }

    @Test
    @Promise(5)
    final void aClosedManagerWithdrawsItsWaiters() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        DistributedLock locks = locks();
        CompletableFuture<LockHandle> bob = locks.acquireAsync(resource, BOB, LONG, plain(LONG_LEASE));
        awaitWaiters(peer, 1);
        locks.close();
        assertThat(failure(bob)).isInstanceOf(LockClosedException.class);
        assertNobodyWaitsFor(peer, held);
    }

    @Test
    @Promise(5)
    final void aManagerThatClosesAsksForNothingMore() throws InterruptedException {
        FaultyBackend counting = faulty();
        DistributedLock locks = locks(counting);
        locks.acquire(resource, ALICE, Duration.ZERO, plain(LONG_LEASE));
        CompletableFuture<LockHandle> bob = locks.acquireAsync(resource, BOB, LONG, plain(LONG_LEASE));
        CompletableFuture<LockHandle> carol = locks.acquireAsync(resource, CAROL, LONG, plain(LONG_LEASE));
        int before = counting.calls(Command.ACQUIRE);
        locks.close();
        assertThat(counting.calls(Command.ACQUIRE)).isEqualTo(before);
        assertThat(failure(bob)).isInstanceOf(LockClosedException.class);
        assertThat(failure(carol)).isInstanceOf(LockClosedException.class);
        assertThat(peer().look()).isEmpty();
    }

    @Test
    @Promise(5)
    final void aThreadThatWaitsIsSentAwayByAClose() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        DistributedLock locks = locks();
        Call<LockHandle> bob = call(locks, target -> target.acquire(resource, BOB, LONG, plain(LONG_LEASE)));
        bob.awaitBlocked(() -> peer.waiters() == 1);
        locks.close();
        assertThat(bob.failure()).isInstanceOf(LockClosedException.class);
        assertNobodyWaitsFor(peer, held);
    }

    @Test
    @ResourceLock(Promise.THREADS)
    @Promise(5)
    final void aClosedManagerLeavesNoThread() {
        inThreadGroup(threads -> {
            // The first one may start what the backend's library keeps for the whole process.
            useAndClose();
            Set<Thread> before = live(threads);
            for (int i = 0; i < MANAGERS; i++) {
                useAndClose();
            }
            // Fewer than one for each manager belong to somebody else.
            eventually("no thread is left of each manager", () -> newThreads(threads, before) < MANAGERS);
        });
    }

    private void useAndClose() throws InterruptedException {
        DistributedLock locks = locks();
        locks.acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        locks.acquireAsync(resource, BOB, LONG).cancel(true);
        locks.close();
    }

    /** Lets everything arrive that was sent while the store was paused, and be sent again that is. */
    private void resumeAndCatchUp() {
        resumeStore();
        pass(impatience());
    }

    private static Set<Thread> live(ThreadGroup threads) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> {
                    ThreadGroup group = thread.getThreadGroup();
                    return group != null && threads.parentOf(group);
                })
                .collect(Collectors.toSet());
    }

    private static long newThreads(ThreadGroup threads, Set<Thread> before) {
        return live(threads).stream().filter(thread -> !before.contains(thread)).count();
    }

    private void awaitWaiters(Peer peer, int count) {
        eventually(count + " wait", () -> peer.waiters() == count);
    }

    /** A request that fails, as every acquire does in this way, leaves the resource free. */
    private void assertNothingIsLeftAfter(Fault fault) {
        Peer peer = peer();
        FaultyBackend store = faulty();
        store.failAll(Command.ACQUIRE, fault);
        CompletableFuture<LockHandle> bob =
                impatientLocks(store).acquireAsync(resource, BOB, lease(), plain(LONG_LEASE));
        pass(lease().plus(impatience()).plus(fixture().slack()));
        assertThat(failure(bob)).isInstanceOf(LockBackendException.class);
        eventually("the resource is free", () -> peer.look().isEmpty());
    }

    private void assertNobodyWaitsFor(Peer peer, Grant held) {
        eventually("nobody waits", () -> peer.waiters() == 0);
        peer.release(held);
        settle();
        assertThat(peer.look()).isEmpty();
        assertThat(peer.tryOnce(CAROL)).isInstanceOf(Grant.class);
    }
}
