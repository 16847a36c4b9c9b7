package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockHandle;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 2. */
abstract class FencingTokenTests extends LockTopic {
    FencingTokenTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(2)
    final void aTokenIsPositive() {
        assertThat(peer().take(ALICE).token()).isPositive();
    }

    @Test
    @Promise(2)
    final void tokensGrowFromHoldToHold() {
        Peer peer = peer();
        long newest = 0;
        for (int i = 0; i < 20; i++) {
            Grant grant = peer.take(i % 3 == 0 ? ALICE : BOB);
            assertThat(grant.token()).isGreaterThan(newest);
            newest = grant.token();
            peer.release(grant);
        }
    }

    @Test
    @Promise(2)
    final void tokensGrowAcrossProcesses() {
        Peer first = peer();
        Peer second = peer();
        long newest = 0;
        for (int i = 0; i < 6; i++) {
            Peer peer = i % 2 == 0 ? first : second;
            Grant grant = peer.take(ALICE);
            assertThat(grant.token()).isGreaterThan(newest);
            newest = grant.token();
            peer.release(grant);
        }
    }

    @Test
    @Promise(2)
    final void theTokenGrowsAfterExpiry() {
        Peer peer = peer();
        Grant expired = peer.takeBriefly(ALICE);
        passALease();
        given(peer.look().isEmpty(), 3, "the hold outlives its lease");
        assertThat(peer.take(BOB).token()).isGreaterThan(expired.token());
    }

    @Test
    @Promise(2)
    final void theTokenGrowsWhenTheSameClientReturnsAfterExpiry() {
        Peer peer = peer();
        Grant expired = peer.takeBriefly(ALICE);
        passALease();
        given(peer.look().isEmpty(), 3, "the hold outlives its lease");
        assertThat(peer.take(ALICE).token()).isGreaterThan(expired.token());
    }

    @Test
    @Promise(2)
    final void theTokenGrowsAfterAnOperatorsRelease() {
        Grant taken = peer().take(ALICE);
        Peer operator = peer();
        operator.release(HoldRef.ofClient(resource, ALICE));
        assertThat(operator.take(BOB).token()).isGreaterThan(taken.token());
    }

    @Test
    @Promise(2)
    final void theTokenGrowsAfterAWithdrawnGrant() {
        Peer peer = peer();
        AcquireRequest request = peer.request(ALICE, Duration.ZERO);
        Grant withdrawn = peer.take(request);
        peer.withdraw(request);
        given(peer.look().isEmpty(), 5, "the withdrawn grant still holds");
        assertThat(peer.take(BOB).token()).isGreaterThan(withdrawn.token());
    }

    @Test
    @Promise(2)
    final void aWaiterGetsAGreaterTokenThanTheHolderHad() {
        Peer peer = peer();
        Grant first = peer.take(ALICE);
        Waiter bob = peer().queue(BOB);
        peer.release(first);
        given(bob.isGranted(), 10, "the waiter isn't told of the release");
        assertThat(bob.grant().token()).isGreaterThan(first.token());
    }

    @Test
    @Promise(2)
    final void theTokenGrowsAfterAllProcessesHaveReconnected() {
        Peer peer = peer();
        Grant before = peer.take(ALICE);
        peer.release(before);
        peer.backend.close();
        assertThat(peer().take(ALICE).token()).isGreaterThan(before.token());
    }

    @Test
    @Promise(2)
    final void theTokenGrowsAfterARestartOfTheStore() {
        Peer peer = peer();
        Grant before = peer.take(ALICE);
        peer.release(before);
        fixture().faults().restart();
        assertThat(peer().take(ALICE).token()).isGreaterThan(before.token());
    }

    @Test
    @Promise(2)
    final void theTokenGrowsThoughTheWallClockIsSetBack() {
        Peer peer = peer();
        Grant before = peer.take(ALICE);
        peer.release(before);
        fixture().faults().setBackWallClock(Duration.ofMinutes(10));
        assertThat(peer.take(BOB).token()).isGreaterThan(before.token());
    }

    @Test
    @Promise(2)
    final void theHandleHasTheTokenThatTheStoreShows() throws InterruptedException {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO);
        Optional<Long> shown = peer().look().map(info -> info.fencingToken());
        assertThat(shown).contains(hold.fencingToken());
    }
}
