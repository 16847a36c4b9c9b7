package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockTimeoutException;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 6. */
abstract class RepeatedAcquireTests extends LockTopic {
    RepeatedAcquireTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(6)
    final void theHolderThatAsksAgainGetsTheSameToken() {
        Peer peer = peer();
        assertThat(peer.take(ALICE).token()).isEqualTo(peer.take(ALICE).token());
    }

    @Test
    @Promise(6)
    final void theHolderThatAsksFromAnotherProcessGetsTheSameToken() {
        assertThat(peer().take(ALICE).token()).isEqualTo(peer().take(ALICE).token());
    }

    @Test
    @Promise(6)
    final void aRequestThatIsSentTwiceIsOneHold() {
        Peer peer = peer();
        AcquireRequest request = peer.request(ALICE, Duration.ZERO);
        Grant grant = peer.take(request);
        assertThat(peer.take(request).token()).isEqualTo(grant.token());
        peer.release(grant);
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(6)
    final void theHolderThatAsksAgainHasItsFullLease() {
        givenExclusion();
        Peer peer = peer();
        peer.takeBriefly(ALICE);
        pass(lease().dividedBy(2));
        long start = fixture().ticker().read();
        peer.takeBriefly(ALICE);
        pass(mostOfALease());
        AcquireReply reply = peer.tryOnce(BOB);
        assumeInTime(start);
        assertThat(reply).isInstanceOf(AcquireReply.Held.class);
    }

    @Test
    @Promise(6)
    final void theHolderThatAsksForLessKeepsItsLease() {
        givenExclusion();
        Peer peer = peer();
        peer.take(ALICE);
        peer.takeBriefly(ALICE);
        passALease();
        assertThat(peer.tryOnce(BOB)).isInstanceOf(AcquireReply.Held.class);
    }

    @Test
    @Promise(6)
    final void theHolderThatAsksForMoreGetsIt() {
        givenExclusion();
        Peer peer = peer();
        peer.takeBriefly(ALICE);
        peer.take(ALICE);
        passALease();
        assertThat(peer.tryOnce(BOB)).isInstanceOf(AcquireReply.Held.class);
    }

    @Test
    @Promise(6)
    final void theHolderOvertakesTheWaiters() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        peer.queue(BOB);
        assertThat(peer.take(ALICE).token()).isEqualTo(held.token());
        assertThat(peer.waiters()).isEqualTo(1);
    }

    @Test
    @Promise(6)
    final void duplicatesThatWaitShareOnePlace() {
        Peer peer = peer();
        peer.take(ALICE);
        peer.queue(BOB);
        peer.queue(BOB);
        peer().queue(BOB);
        assertThat(peer.waiters()).isEqualTo(1);
    }

    @Test
    @Promise(6)
    final void duplicatesThatWaitShareOneHold() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter first = peer.queue(BOB);
        Waiter second = peer().queue(BOB);
        peer.release(held);
        given(first.isGranted(), 10, "the waiter isn't told of the release");
        assertThat(second.grant().token()).isEqualTo(first.grant().token());
    }

    @Test
    @Promise(6)
    final void aDuplicateHasItsOwnTimeout() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter brief = peer.queue(peer.request(BOB, lease()));
        Waiter patient = peer.queue(BOB);
        passALease();
        assertThat(patient.stillWaits()).isTrue();
        peer.release(held);
        given(!brief.hasGrant(), 5, "a wait that is over is granted");
        assertThat(patient.isGranted()).isTrue();
    }

    @Test
    @Promise(6)
    final void aWithdrawnDuplicateLeavesTheOtherInTheQueue() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter first = peer.queue(BOB);
        Waiter second = peer.queue(BOB);
        first.withdraw();
        assertThat(peer.waiters()).isEqualTo(1);
        peer.release(held);
        assertThat(second.isGranted()).isTrue();
    }

    @Test
    @Promise(6)
    final void theLongerLeaseOfAWithdrawnDuplicateIsNotThatOfTheHold() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter longer = peer.queue(peer.request(resource, BOB, LONG_LEASE.multipliedBy(2), LONG));
        Waiter shorter = peer.queue(BOB);
        longer.withdraw();
        peer.release(held);
        Grant grant = shorter.grant();
        given(!longer.hasGrant(), 5, "a request that was withdrawn is granted");
        assertThat(grant.leaseMillis()).isEqualTo(held.leaseMillis());
    }

    @Test
    @Promise(6)
    final void aWithdrawnDuplicateLeavesTheHoldToTheOther() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        AcquireRequest duplicate = peer.request(ALICE, Duration.ZERO);
        peer.take(duplicate);
        peer.withdraw(duplicate);
        assertThat(peer.look().map(LockInfo::fencingToken)).contains(held.token());
    }

    @Test
    @Promise(6)
    final void theHolderThatAsksAgainGetsTheSameHandle() throws InterruptedException {
        DistributedLock locks = locks();
        LockHandle first = locks.acquire(resource, ALICE, Duration.ZERO);
        assertThat(locks.acquire(resource, ALICE, Duration.ZERO)).isSameAs(first);
    }

    @Test
    @Promise(6)
    final void waitingDuplicatesOfOneManagerGetTheSameHandle() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        DistributedLock locks = locks();
        CompletableFuture<LockHandle> first = locks.acquireAsync(resource, BOB, LONG);
        CompletableFuture<LockHandle> second = locks.acquireAsync(resource, BOB, LONG);
        eventually("one place is taken", () -> peer.waiters() == 1);
        peer.release(held);
        assertThat(result(first)).isSameAs(result(second));
    }

    @Test
    @Promise(6)
    final void waitingDuplicatesOfOneManagerHaveTheirOwnTimeouts() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        DistributedLock locks = locks();
        CompletableFuture<LockHandle> brief = locks.acquireAsync(resource, BOB, lease());
        CompletableFuture<LockHandle> patient = locks.acquireAsync(resource, BOB, LONG);
        passALease();
        assertThat(failure(brief)).isInstanceOf(LockTimeoutException.class);
        assertThat(patient).isNotDone();
        peer.release(held);
        assertThat(result(patient).isValid()).isTrue();
    }

    @Test
    @Promise(6)
    final void aCancelledDuplicateLeavesTheOtherItsPlace() {
        givenNotification();
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        DistributedLock locks = locks();
        CompletableFuture<LockHandle> cancelled = locks.acquireAsync(resource, BOB, LONG);
        CompletableFuture<LockHandle> other = locks.acquireAsync(resource, BOB, LONG);
        eventually("one place is taken", () -> peer.waiters() == 1);
        cancelled.cancel(true);
        settle();
        peer.release(held);
        assertThat(result(other).isValid()).isTrue();
    }
}
