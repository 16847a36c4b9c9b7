package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.Grant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise 9. */
abstract class QueueTests extends LockTopic {
    private static final int WAITERS = 5;

    QueueTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    final void assumeFairness() {
        Assumptions.assumeTrue(
                connect().capabilities().fair(),
                "the backend declares that it doesn't keep one order of waiters over all processes");
    }

    @Test
    @Promise(9)
    final void waitersOfAllProcessesAreServedInTheirOrder() {
        List<Peer> peers = List.of(peer(), peer(), peer());
        Peer holder = peers.get(0);
        Grant held = holder.take(ALICE);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            Peer peer = peers.get(i % peers.size());
            waiters.add(peer.queue(peer.request(resource, "waiter-" + i, LONG_LEASE, LONG)));
        }
        for (int i = 0; i < WAITERS; i++) {
            holder.release(held);
            givenOneIsServed(waiters, i + 1);
            assertThat(waiters.get(i).hasGrant()).as("waiter %d is next", i).isTrue();
            held = waiters.get(i).grant();
        }
    }

    @Test
    @Promise(9)
    final void theFirstWaiterGetsAnExpiredHold() {
        Peer peer = peer();
        peer.takeBriefly(ALICE);
        Waiter bob = peer().queue(BOB);
        Waiter carol = peer().queue(CAROL);
        passALease();
        given(bob.hasGrant() || carol.isGranted() || bob.isGranted(), 3, "no waiter gets the expired hold");
        assertThat(bob.isGranted()).isTrue();
    }

    @Test
    @Promise(9)
    final void waitingHandlesAreServedInTheirOrder() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        DistributedLock first = locks();
        DistributedLock second = locks();
        CompletableFuture<LockHandle> bob = first.acquireAsync(resource, BOB, LONG, plain(LONG_LEASE));
        eventually("one waits", () -> peer.waiters() == 1);
        CompletableFuture<LockHandle> carol = second.acquireAsync(resource, CAROL, LONG, plain(LONG_LEASE));
        eventually("two wait", () -> peer.waiters() == 2);
        peer.release(held);
        eventually("one is served", () -> bob.isDone() || carol.isDone());
        given(bob.isDone() != carol.isDone(), 10, "a release answers more than one waiter");
        assertThat(bob).isCompleted();
        result(bob).close();
        assertThat(result(carol).isValid()).isTrue();
    }

    @Test
    @Promise(9)
    final void aNewcomerDoesNotOvertakeAWaiter() {
        givenExclusion();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer().queue(BOB);
        peer.release(held);
        assertThat(peer.tryOnce(CAROL)).isInstanceOf(AcquireReply.Held.class);
        given(bob.isGranted(), 10, "the waiter isn't told of the release");
    }

    @Test
    @Promise(9)
    final void theHolderWhoReturnsDoesNotOvertakeAWaiter() {
        givenExclusion();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        peer().queue(BOB);
        peer.release(held);
        assertThat(peer.tryOnce(ALICE)).isInstanceOf(AcquireReply.Held.class);
    }

    @Test
    @Promise(9)
    final void aDuplicateKeepsTheFirstPlace() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer.queue(BOB);
        Waiter carol = peer.queue(CAROL);
        Waiter bobAgain = peer.queue(BOB);
        given(peer.waiters() == 2, 6, "a duplicate has a place of its own");
        peer.release(held);
        givenOneIsServed(List.of(bob, carol), 1);
        assertThat(bob.isGranted()).isTrue();
        assertThat(bobAgain.isGranted()).isTrue();
        assertThat(carol.stillWaits()).isTrue();
    }

    @Test
    @Promise(9)
    final void aWithdrawnWaiterIsSkipped() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer().queue(BOB);
        Waiter carol = peer().queue(CAROL);
        bob.withdraw();
        peer.release(held);
        given(!bob.hasGrant(), 5, "a withdrawn request is granted");
        assertThat(carol.isGranted()).isTrue();
    }

    @Test
    @Promise(9)
    final void aWaiterWhoseTimeIsOverIsSkipped() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer.queue(peer.request(resource, BOB, LONG_LEASE, lease()));
        Waiter carol = peer.queue(CAROL);
        passALease();
        peer.release(held);
        given(!bob.hasGrant(), 5, "a wait that is over is granted");
        assertThat(carol.isGranted()).isTrue();
    }

    @Test
    @Promise(9)
    final void aWaiterWhoseConnectionIsClosedIsSkipped() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Peer closing = peer();
        closing.queueBriefly(BOB);
        // One that waits may ask again at the intervals of its own lease, by which it notices what nobody tells.
        Waiter carol = peer().queueBriefly(CAROL);
        closing.backend.close();
        peer.release(held);
        passDetection();
        assertThat(carol.isGranted()).isTrue();
    }

    @Test
    @Promise(9)
    final void aWaiterWhoseProcessDiedIsSkipped() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Peer dying = peer();
        dying.queueBriefly(BOB);
        // One that waits may ask again at the intervals of its own lease, by which it notices what nobody tells.
        Waiter carol = peer().queueBriefly(CAROL);
        fixture().faults().kill(dying.backend);
        peer.release(held);
        passDetection();
        assertThat(carol.isGranted()).isTrue();
    }

    @Test
    @Promise(9)
    final void waitersKeepTheirPlacesOverAPauseOfTheStore() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        List<Waiter> waiters = new ArrayList<>();
        for (String client : List.of(BOB, CAROL, DAVE)) {
            Peer process = peer();
            waiters.add(process.queue(process.request(resource, client, LONG_LEASE, LONG)));
        }
        pauseStore();
        pass(lease().dividedBy(4));
        resumeStore();
        for (int i = 0; i < waiters.size(); i++) {
            peer.release(held);
            givenOneIsServed(waiters, i + 1);
            assertThat(waiters.get(i).hasGrant()).as("waiter %d is next", i).isTrue();
            held = waiters.get(i).grant();
        }
    }

    private void passDetection() {
        Duration detection = fixture().detectionTime();
        pass(detection.plus(fixture().slack()));
    }

    private void givenOneIsServed(List<Waiter> waiters, int count) {
        boolean told = Waiting.until(
                () -> waiters.stream().filter(Waiter::hasGrant).count() == count,
                fixture().patience());
        given(told, 10, "a release doesn't give one waiter its grant");
        boolean alone = waiters.stream().filter(waiter -> !waiter.stillWaits()).count() == count;
        given(alone, 10, "a release answers more than one waiter");
    }
}
