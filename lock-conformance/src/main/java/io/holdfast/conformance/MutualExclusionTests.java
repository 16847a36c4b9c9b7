package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.Grant;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 1. */
abstract class MutualExclusionTests extends LockTopic {
    private static final int THREADS = 8;
    private static final int ROUNDS = 10;

    MutualExclusionTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(1)
    final void aHeldResourceIsRefusedToAnotherClient() {
        Peer peer = peer();
        peer.take(ALICE);
        assertThat(peer.tryOnce(BOB)).isNotInstanceOf(Grant.class);
        assertThat(peer.holder()).contains(ALICE);
    }

    @Test
    @Promise(1)
    final void aHeldResourceIsRefusedToAnotherProcess() {
        peer().take(ALICE);
        assertThat(peer().tryOnce(BOB)).isNotInstanceOf(Grant.class);
    }

    @Test
    @Promise(1)
    final void aRefusalNamesTheHolder() {
        Grant grant = peer().take(ALICE);
        AcquireReply reply = peer().tryOnce(BOB);
        given(!(reply instanceof AcquireReply.Queued), 4, "a request that may not wait is queued");
        assertThat(reply).isInstanceOfSatisfying(AcquireReply.Held.class, held -> {
            assertThat(held.holder().client()).isEqualTo(ALICE);
            assertThat(held.holder().fencingToken()).isEqualTo(grant.token());
        });
    }

    @Test
    @Promise(1)
    final void everyProcessSeesTheSameHold() {
        Grant grant = peer().take(ALICE);
        LockInfo seen = peer().look().orElseThrow();
        assertThat(seen.resource()).isEqualTo(resource);
        assertThat(seen.client()).isEqualTo(ALICE);
        assertThat(seen.fencingToken()).isEqualTo(grant.token());
        assertThat(seen.status()).isEqualTo(LockStatus.HELD);
        assertThat(seen.remaining()).isBetween(Duration.ZERO, Duration.ofMillis(grant.leaseMillis()));
        assertThat(seen.waiters()).isZero();
    }

    @Test
    @Promise(1)
    final void aFreeResourceHasNoHold() {
        Peer peer = peer();
        assertThat(peer.look()).isEmpty();
        peer.release(peer.take(ALICE));
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(1)
    final void aQueuedRequestHoldsNothing() {
        Peer peer = peer();
        peer.take(ALICE);
        Waiter bob = peer.queue(BOB);
        settle();
        assertThat(bob.hasGrant()).isFalse();
        assertThat(peer.holder()).contains(ALICE);
    }

    @Test
    @Promise(1)
    final void ofManyThatAskAtOnceOneIsGranted() throws Exception {
        List<Peer> peers = List.of(peer(), peer(), peer());
        AtomicInteger granted = new AtomicInteger();
        inParallel(THREADS, thread -> {
            Peer peer = peers.get(thread % peers.size());
            if (peer.tryOnce("client-" + thread) instanceof Grant) {
                granted.incrementAndGet();
            }
        });
        assertThat(granted).hasValue(1);
    }

    @Test
    @Promise(1)
    final void threadsThatContendNeverOverlap() throws Exception {
        givenAnyThread();
        givenNotification();
        List<DistributedLock> processes = List.of(locks(), locks());
        Overlap overlap = new Overlap();
        inParallel(THREADS, thread -> {
            for (int round = 0; round < ROUNDS; round++) {
                DistributedLock process = processes.get(thread % processes.size());
                try (LockHandle hold = process.acquire(resource, "client-" + thread, LONG, renewing(LONG_LEASE))) {
                    overlap.enter();
                    hold.ensureValid();
                }
            }
        });
        overlap.assertNone(THREADS * ROUNDS);
    }

    /** Notices two that are inside at once. */
    private static final class Overlap {
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger overlaps = new AtomicInteger();
        private final AtomicInteger visits = new AtomicInteger();

        void enter() {
            if (inside.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
            }
            Thread.onSpinWait();
            visits.incrementAndGet();
            inside.decrementAndGet();
        }

        void assertNone(int expectedVisits) {
            assertThat(overlaps).as("two holders at once").hasValue(0);
            assertThat(visits).hasValue(expectedVisits);
        }
    }
}
