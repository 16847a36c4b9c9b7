package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.conformance.FaultyBackend.Command;
import io.holdfast.conformance.FaultyBackend.Fault;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 8. */
abstract class HeartbeatTests extends LockTopic {
    HeartbeatTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(8)
    final void aHeartbeatExtendsTheLeaseToItsFullLength() {
        givenExclusion();
        Peer peer = peer();
        long begun = fixture().ticker().read();
        Grant held = peer.takeBriefly(ALICE);
        pass(lease().dividedBy(2));
        long start = fixture().ticker().read();
        RenewOutcome outcome = peer.renew(held);
        assumeInTime(begun);
        assertThat(outcome).isInstanceOf(RenewOutcome.Renewed.class);
        pass(mostOfALease());
        AcquireReply reply = peer.tryOnce(BOB);
        assumeInTime(start);
        assertThat(reply).isInstanceOf(AcquireReply.Held.class);
    }

    @Test
    @Promise(8)
    final void aHeartbeatExtendsTheLeaseByNoMore() {
        Peer peer = peer();
        takeControl(peer);
        Grant held = peer.takeBriefly(ALICE);
        peer.renew(held);
        peer.renew(held);
        passALease();
        givenControlIsGone(peer);
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(8)
    final void anotherProcessCanSendTheHeartbeat() {
        Grant held = peer().take(ALICE);
        assertThat(peer().renews(held)).isTrue();
    }

    @Test
    @Promise(8)
    final void aHeartbeatWithoutTokenExtendsTheClientsHold() {
        Peer peer = peer();
        peer.take(ALICE);
        assertThat(peer.renews(HoldRef.ofClient(resource, ALICE))).isTrue();
    }

    @Test
    @Promise(8)
    final void aHeartbeatCreatesNoHold() {
        Peer peer = peer();
        assertThat(peer.renew(HoldRef.ofClient(resource, ALICE))).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(peer.renew(new Ref(resource, ALICE, 1))).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(8)
    final void aHeartbeatRevivesNoExpiredHold() {
        Peer peer = peer();
        Grant held = peer.takeBriefly(ALICE);
        passALease();
        given(peer.look().isEmpty(), 3, "the hold outlives its lease");
        assertThat(peer.renew(held)).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(8)
    final void aHeartbeatRevivesNoReleasedHold() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        peer.release(held);
        assertThat(peer.renew(held)).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(8)
    final void aHeartbeatForAnOlderHoldSaysThatItIsLost() {
        Peer peer = peer();
        Grant old = peer.take(ALICE);
        peer.release(old);
        Grant newer = peer.take(ALICE);
        given(newer.token() != old.token(), 2, "a new hold has an old token");
        assertThat(peer.renew(old)).isInstanceOf(RenewOutcome.Lost.class);
    }

    @Test
    @Promise(8)
    final void nobodyExtendsTheHoldOfAnother() {
        Peer peer = peer();
        takeControl(peer);
        peer.takeBriefly(ALICE);
        pass(lease().dividedBy(2));
        assertThat(peer.renew(HoldRef.ofClient(resource, BOB))).isInstanceOf(RenewOutcome.Lost.class);
        pass(lease().dividedBy(2).plus(fixture().slack()));
        givenControlIsGone(peer);
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(8)
    final void aHeartbeatForManyAnswersForEachInOrder() {
        Peer peer = peer();
        Grant first = peer.take(ALICE);
        Grant third = peer.take(peer.request(resource + "/3", CAROL, LONG_LEASE, Duration.ZERO));
        List<RenewOutcome> outcomes =
                await(peer.backend.renew(List.of(first, new Ref(resource + "/2", BOB, 7), third)));
        assertThat(outcomes).hasSize(3);
        assertThat(outcomes.get(0)).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(outcomes.get(1)).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(outcomes.get(2)).isInstanceOf(RenewOutcome.Renewed.class);
    }

    @Test
    @Promise(8)
    final void aHeartbeatForNothingIsAnswered() {
        assertThat(await(peer().backend.renew(List.of()))).isEmpty();
    }

    @Test
    @Promise(8)
    final void theHeartbeatOfAHandleExtendsIt() throws InterruptedException {
        long start = fixture().ticker().read();
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, brief());
        given(hold.remaining().compareTo(hold.lease()) <= 0, 11, "a hold counts as valid for longer than its lease");
        pass(lease().dividedBy(2));
        Duration before = hold.remaining();
        boolean extended = hold.heartbeat();
        Duration after = hold.remaining();
        assumeInTime(start);
        assertThat(extended).isTrue();
        assertThat(after).isGreaterThan(before);
    }

    @Test
    @Promise(8)
    final void theHeartbeatOfAnEndedHandleSaysThatItIsLost() throws InterruptedException {
        DistributedLock locks = locks();
        LockHandle hold = locks.acquire(resource, ALICE, Duration.ZERO, brief());
        passALease();
        assertThat(hold.heartbeat()).isFalse();
        assertThat(hold.isValid()).isFalse();
    }

    @Test
    @Promise(8)
    final void aHeartbeatThatIsAnsweredAfterTheReleaseRevivesNothing() throws InterruptedException {
        FaultyBackend slow = faulty();
        LockHandle hold = locks(slow).acquire(resource, ALICE, Duration.ZERO, renewing(lease()));
        slow.failAll(Command.RENEW, Fault.REPLY_HELD);
        pass(lease().dividedBy(2));
        hold.close();
        slow.heal();
        slow.letRepliesPass();
        settle();
        assertThat(hold.isValid()).isFalse();
        assertThat(peer().look()).isEmpty();
    }

    @Test
    @Promise(8)
    final void theHeartbeatByNameSaysWhetherThereIsAHold() throws InterruptedException {
        DistributedLock locks = locks();
        assertThat(locks.heartbeat(resource, ALICE)).isFalse();
        locks.acquire(resource, ALICE, Duration.ZERO);
        assertThat(locks.heartbeat(resource, ALICE)).isTrue();
        assertThat(locks.heartbeat(resource, BOB)).isFalse();
    }

    /** A hold that gets no heartbeat, to tell one that goes on without reason from one that a heartbeat prolongs. */
    private void takeControl(Peer peer) {
        peer.take(peer.request(resource + "/control", DAVE, lease(), Duration.ZERO));
    }

    private void givenControlIsGone(Peer peer) {
        given(peer.look(resource + "/control").isEmpty(), 3, "a hold outlives its lease");
    }
}
