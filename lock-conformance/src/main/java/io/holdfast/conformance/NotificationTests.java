package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.spi.Grant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Promise 10. */
abstract class NotificationTests extends LockTopic {
    private static final int MANY = 200;

    NotificationTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(10)
    final void aReleaseTellsTheWaiter() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer.queue(BOB);
        peer.release(held);
        assertThat(bob.isGranted()).isTrue();
    }

    @Test
    @Promise(10)
    final void aReleaseTellsTheWaiterOfAnotherProcess() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer().queue(BOB);
        peer.release(held);
        assertThat(bob.isGranted()).isTrue();
    }

    @Test
    @Promise(10)
    final void theReleaseOfAWaitersHoldTellsTheNext() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer().queue(BOB);
        Waiter carol = peer().queue(CAROL);
        peer.release(held);
        Waiter served = Waiting.until(
                                () -> bob.hasGrant() || carol.hasGrant(),
                                fixture().patience())
                        && bob.hasGrant()
                ? bob
                : carol;
        peer.release(served.grant());
        assertThat((served == bob ? carol : bob).isGranted()).isTrue();
    }

    @Test
    @Promise(10)
    final void aWaiterThatJoinsOthersIsToldToo() {
        Peer peer = peer();
        for (int round = 0; round < 3; round++) {
            Grant held = peer.take(ALICE);
            Waiter bob = peer.queue(peer.request(resource, BOB, LONG_LEASE, LONG));
            peer.release(held);
            peer.release(bob.grant());
        }
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(10)
    final void aReleaseAnswersOneWaiterOnly() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        List<Waiter> waiters = List.of(peer.queue(BOB), peer().queue(CAROL), peer().queue(DAVE));
        peer.release(held);
        eventually("one is told", () -> !waiters.stream().allMatch(Waiter::stillWaits));
        settle();
        assertThat(waiters.stream().filter(waiter -> !waiter.stillWaits())).hasSize(1);
        assertThat(waiters.stream().filter(Waiter::hasGrant)).hasSize(1);
    }

    @Test
    @Promise(10)
    final void nothingIsAskedWhileARequestWaits() {
        Peer peer = peer();
        peer.take(ALICE);
        FaultyBackend counting = faulty();
        CompletableFuture<LockHandle> bob = locks(counting).acquireAsync(resource, BOB, LONG);
        eventually("one waits", () -> peer.waiters() == 1);
        int before = counting.calls();
        passALease();
        passALease();
        assertThat(counting.calls()).isEqualTo(before);
        assertThat(bob).isNotDone();
    }

    @Test
    @ResourceLock(Promise.THREADS)
    @Promise(10)
    final void aFutureThatWaitsCostsNoThread() {
        inThreadGroup(this::assertWaitersCostNoThread);
    }

    private void assertWaitersCostNoThread(ThreadGroup threads) {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        DistributedLock locks = locks();
        List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
        waiting.add(locks.acquireAsync(resource, "waiter-0", LONG, plain(LONG_LEASE)));
        eventually("one waits", () -> peer.waiters() == 1);
        int before = threads.activeCount();
        for (int i = 1; i < MANY; i++) {
            waiting.add(locks.acquireAsync(resource, "waiter-" + i, LONG, plain(LONG_LEASE)));
        }
        eventually("all wait", () -> peer.waiters() == MANY);
        assertThat(threads.activeCount()).isLessThan(before + MANY / 10);
        peer.release(held);
        eventually("one is served", () -> waiting.stream().anyMatch(CompletableFuture::isDone));
    }

    @Test
    @Promise(10)
    final void aReleaseOfAPausedStoreTellsTheWaiterAfterwards() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer().queue(BOB);
        pauseStore();
        CompletionStage<Boolean> release = peer.backend.release(held);
        settle();
        assertThat(bob.stillWaits()).isTrue();
        resumeStore();
        assertThat(await(release)).isTrue();
        assertThat(bob.isGranted()).isTrue();
    }
}
