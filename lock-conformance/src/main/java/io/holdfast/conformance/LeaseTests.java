package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockOptions;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.Grant;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 3. */
abstract class LeaseTests extends LockTopic {
    LeaseTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(3)
    final void aHoldEndsWithItsLease() {
        Peer peer = peer();
        peer.takeBriefly(ALICE);
        passALease();
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(3)
    final void anExpiredHoldMakesWayForAnotherClient() {
        peer().takeBriefly(ALICE);
        Peer other = peer();
        passALease();
        assertThat(other.tryOnce(BOB)).isInstanceOf(Grant.class);
    }

    @Test
    @Promise(3)
    final void aHoldLastsAsLongAsItsLease() {
        givenExclusion();
        Peer peer = peer();
        Peer other = peer();
        long start = fixture().ticker().read();
        peer.takeBriefly(ALICE);
        pass(almostALease());
        AcquireReply reply = other.tryOnce(BOB);
        Optional<String> holder = peer.holder();
        assumeInTime(start);
        assertThat(reply).isInstanceOf(AcquireReply.Held.class);
        assertThat(holder).contains(ALICE);
    }

    @Test
    @Promise(3)
    final void theNextWaiterGetsAnExpiredHoldWithoutAnybodysAction() {
        Peer peer = peer();
        peer.takeBriefly(ALICE);
        Waiter bob = peer.queue(BOB);
        passALease();
        assertThat(bob.isGranted()).isTrue();
    }

    @Test
    @Promise(3)
    final void aWaiterOfAnotherProcessGetsAnExpiredHoldWithoutAnybodysAction() {
        peer().takeBriefly(ALICE);
        Waiter bob = peer().queue(BOB);
        passALease();
        assertThat(bob.isGranted()).isTrue();
    }

    @Test
    @Promise(3)
    final void aWaiterGetsTheHoldOfADeadProcessWhenItsLeaseEnds() {
        Peer dead = peer();
        dead.takeBriefly(ALICE);
        Waiter bob = peer().queue(BOB);
        dead.backend.close();
        passALease();
        assertThat(bob.isGranted()).isTrue();
    }

    @Test
    @Promise(3)
    final void aWaiterGetsAHoldThatExpiredWhileTheStoreWasPaused() {
        peer().takeBriefly(ALICE);
        Waiter bob = peer().queue(BOB);
        pauseStore();
        passALease();
        resumeStore();
        // A store may count leases anew after it has stood still, but not for ever.
        passALease();
        assertThat(bob.isGranted()).isTrue();
    }

    @Test
    @Promise(3)
    final void eachWaiterIsServedWhenTheOneBeforeExpires() {
        Peer peer = peer();
        peer.takeBriefly(ALICE);
        Waiter bob = peer.queueBriefly(BOB);
        Waiter carol = peer.queueBriefly(CAROL);
        passALease();
        given(!carol.answer.isDone() || carol.hasGrant(), 10, "a waiter is answered though it isn't served");
        passALease();
        assertThat(bob.isGranted()).isTrue();
        assertThat(carol.isGranted()).isTrue();
    }

    @Test
    @Promise(3)
    final void aWaitersLeaseBeginsWithItsGrant() {
        givenExclusion();
        Peer peer = peer();
        Grant first = peer.take(ALICE);
        Waiter bob = peer.queueBriefly(BOB);
        Peer other = peer();
        pass(lease().dividedBy(2));
        long start = fixture().ticker().read();
        peer.release(first);
        given(bob.isGranted(), 10, "the waiter isn't told of the release");
        givenNoOvertaking(peer);
        pass(almostALease());
        AcquireReply reply = other.tryOnce(CAROL);
        assumeInTime(start);
        assertThat(reply).isInstanceOf(AcquireReply.Held.class);
    }

    @Test
    @Promise(3)
    final void aWaitersHoldEndsWithItsLease() {
        Peer peer = peer();
        Grant first = peer.take(ALICE);
        Waiter bob = peer.queueBriefly(BOB);
        peer.release(first);
        given(bob.isGranted(), 10, "the waiter isn't told of the release");
        passALease();
        assertThat(peer.tryOnce(CAROL)).isInstanceOf(Grant.class);
    }

    @Test
    @Promise(3)
    final void theLeaseIsAsAskedOrAsTheCapabilitiesSay() {
        Capabilities can = connect().capabilities();
        Duration granted = Duration.ofMillis(peer().takeBriefly(ALICE).leaseMillis());
        Duration longest = lease().compareTo(can.minLease()) < 0 ? can.minLease() : lease();
        assertThat(granted).isBetween(lease(), longest.plus(can.leaseGranularity()));
    }

    @Test
    @Promise(3)
    final void theShortestLeaseEnds() {
        Peer peer = peer();
        Grant grant = peer.take(peer.request(resource, ALICE, LockOptions.MIN_LEASE, Duration.ZERO));
        pass(Duration.ofMillis(grant.leaseMillis()).plus(fixture().slack()));
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(3)
    final void theLongestLeaseIsGranted() {
        Peer peer = peer();
        Grant grant = peer.take(peer.request(resource, ALICE, LockOptions.MAX_LEASE, Duration.ZERO));
        assertThat(grant.leaseMillis()).isGreaterThanOrEqualTo(LockOptions.MAX_LEASE.toMillis());
        assertThat(peer.look().orElseThrow().remaining())
                .isBetween(LockOptions.MAX_LEASE.minusMinutes(1), Duration.ofMillis(grant.leaseMillis()));
    }

    @Test
    @Promise(3)
    final void aHandleWithoutRenewalExpires() throws InterruptedException {
        locks().acquire(resource, ALICE, Duration.ZERO, brief());
        passALease();
        assertThat(locks().tryAcquire(resource, BOB)).isPresent();
    }
}
