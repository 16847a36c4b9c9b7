package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 5, as far as the backend keeps it: what is withdrawn or over leaves nothing behind. */
abstract class NothingLeftInTheStoreTests extends LockTopic {
    NothingLeftInTheStoreTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(5)
    final void aRefusedRequestIsNotQueued() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        given(peer.tryOnce(BOB) instanceof AcquireReply.Held, 4, "a request that may not wait isn't refused");
        assertThat(peer.waiters()).isZero();
        peer.release(held);
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(5)
    final void aWithdrawnWaiterLeavesTheQueue() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer().queue(BOB);
        bob.withdraw();
        assertThat(peer.waiters()).isZero();
        peer.release(held);
        assertThat(peer.look()).isEmpty();
        assertThat(bob.hasGrant()).isFalse();
    }

    @Test
    @Promise(5)
    final void aWithdrawalNamesTheHoldInTheWay() {
        Peer peer = peer();
        peer.take(ALICE);
        Waiter bob = peer.queue(BOB);
        assertThat(bob.withdraw().map(LockInfo::client)).contains(ALICE);
    }

    @Test
    @Promise(5)
    final void aWithdrawnGrantIsReleased() {
        Peer peer = peer();
        AcquireRequest request = peer.request(ALICE, Duration.ZERO);
        peer.take(request);
        assertThat(peer.withdraw(request)).isEmpty();
        assertThat(peer.look()).isEmpty();
        assertThat(peer().tryOnce(BOB)).isInstanceOf(Grant.class);
    }

    @Test
    @Promise(5)
    final void aWithdrawnGrantGoesToTheNextWaiter() {
        givenNotification();
        Peer peer = peer();
        AcquireRequest request = peer.request(ALICE, Duration.ZERO);
        peer.take(request);
        Waiter bob = peer().queue(BOB);
        assertThat(peer.withdraw(request).map(LockInfo::client)).contains(BOB);
        assertThat(bob.isGranted()).isTrue();
    }

    @Test
    @Promise(5)
    final void aWaiterThatWasGrantedCanStillBeWithdrawn() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer.queue(BOB);
        peer.release(held);
        bob.withdraw();
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(5)
    final void aSecondWithdrawalDoesNothing() {
        Peer peer = peer();
        AcquireRequest request = peer.request(ALICE, Duration.ZERO);
        peer.take(request);
        peer.withdraw(request);
        peer.take(BOB);
        assertThat(peer.withdraw(request).map(LockInfo::client)).contains(BOB);
        assertThat(peer.holder()).contains(BOB);
    }

    @Test
    @Promise(5)
    final void anUnknownRequestIsWithdrawnWithoutEffect() {
        Peer peer = peer();
        assertThat(peer.withdraw(peer.request(ALICE, LONG))).isEmpty();
        peer.take(ALICE);
        assertThat(peer.withdraw(peer.request(BOB, LONG))).isPresent();
        assertThat(peer.holder()).contains(ALICE);
    }

    @Test
    @Promise(5)
    final void theLastDuplicateThatIsWithdrawnEndsTheHold() {
        Peer peer = peer();
        AcquireRequest first = peer.request(ALICE, Duration.ZERO);
        AcquireRequest second = peer.request(ALICE, Duration.ZERO);
        peer.take(first);
        peer.take(second);
        peer.withdraw(first);
        assertThat(peer.holder()).contains(ALICE);
        peer.withdraw(second);
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(5)
    final void aLateWithdrawalDoesNotEndANewerHold() {
        Peer peer = peer();
        AcquireRequest request = peer.request(ALICE, Duration.ZERO);
        peer.release(peer.take(request));
        Grant newer = peer.take(ALICE);
        peer.withdraw(request);
        assertThat(peer.look().map(LockInfo::fencingToken)).contains(newer.token());
    }

    @Test
    @Promise(5)
    final void aWaitThatIsOverIsGrantedNoMore() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        Waiter bob = peer().queue(peer.request(resource, BOB, LONG_LEASE, lease()));
        passALease();
        peer.release(held);
        assertThat(peer.look()).isEmpty();
        assertThat(bob.await()).isEmpty();
    }

    @Test
    @Promise(5)
    final void aWithdrawalDuringTheGrantLeavesNothing() throws Exception {
        givenAnyThread();
        Peer peer = peer();
        for (int i = 0; i < 20; i++) {
            Grant held = peer.take(ALICE);
            Waiter bob = peer.queue(peer.request(resource, BOB, LONG_LEASE, LONG));
            inParallel(2, thread -> {
                if (thread == 0) {
                    peer.release(held);
                } else {
                    bob.withdraw();
                }
            });
            assertThat(peer.look()).isEmpty();
        }
    }
}
