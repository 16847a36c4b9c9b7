package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockTimeoutException;
import io.holdfast.conformance.FaultyBackend.Command;
import io.holdfast.conformance.FaultyBackend.Fault;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.Grant;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 4. */
abstract class BoundedWaitingTests extends LockTopic {
    BoundedWaitingTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(4)
    final void aRequestThatMayNotWaitIsRefusedAtOnce() {
        Peer peer = peer();
        peer.take(ALICE);
        long start = fixture().ticker().read();
        AcquireReply reply = peer.tryOnce(BOB);
        given(!(reply instanceof Grant), 1, "a held resource is granted to another client");
        assertThat(reply).isInstanceOf(AcquireReply.Held.class);
        // Where time is real, the machine may be busy: the hold that stands in the way outlasts every wait.
        Duration limit = fixture().slack().isZero() ? Duration.ZERO : fixture().patience();
        assertThat(passedSince(start)).isLessThanOrEqualTo(limit);
    }

    @Test
    @Promise(4)
    final void zeroTimeoutMeansOneTry() throws InterruptedException {
        givenExclusion();
        peer().take(ALICE);
        assertThat(locks().tryAcquire(resource, BOB, Duration.ZERO)).isEmpty();
    }

    @Test
    @Promise(4)
    final void aWaitEndsWithItsTimeout() {
        peer().take(ALICE);
        long start = fixture().ticker().read();
        CompletableFuture<LockHandle> bob = locks().acquireAsync(resource, BOB, lease());
        settle();
        boolean done = bob.isDone();
        assumeInTime(start);
        assertThat(done).isFalse();
        passALease();
        assertThat(failure(bob)).isInstanceOf(LockTimeoutException.class);
    }

    @Test
    @Promise(4)
    final void aWaitDoesNotEndBeforeItsTimeout() {
        peer().take(ALICE);
        long start = fixture().ticker().read();
        CompletableFuture<LockHandle> bob = locks().acquireAsync(resource, BOB, lease());
        pass(almostALease());
        boolean done = bob.isDone();
        assumeInTime(start);
        assertThat(done).isFalse();
    }

    @Test
    @Promise(4)
    final void aBlockingWaitEndsWithItsTimeout() {
        Peer peer = peer();
        peer.take(ALICE);
        Call<Boolean> bob =
                call(locks(), locks -> locks.tryAcquire(resource, BOB, lease()).isPresent());
        bob.awaitBlocked(() -> peer.waiters() == 1);
        passALease();
        assertThat(bob.result()).isEqualTo(false);
    }

    @Test
    @Promise(4)
    final void aTimeoutNamesTheHolder() {
        givenExclusion();
        peer().take(ALICE);
        CompletableFuture<LockHandle> bob = locks().acquireAsync(resource, BOB, Duration.ZERO);
        assertThat(failure(bob)).isInstanceOfSatisfying(LockTimeoutException.class, timeout -> {
            assertThat(timeout.resource()).isEqualTo(resource);
            assertThat(timeout.client()).isEqualTo(BOB);
            assertThat(timeout.timeout()).isZero();
            assertThat(timeout.holder())
                    .hasValueSatisfying(holder -> assertThat(holder.client()).isEqualTo(ALICE));
        });
    }

    @Test
    @Promise(4)
    final void aWaitWithoutEndIsNoTimeout() {
        givenNotification();
        Peer peer = peer();
        var held = peer.take(ALICE);
        CompletableFuture<LockHandle> bob =
                locks().acquireAsync(resource, BOB, Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
        passALease();
        assertThat(bob).isNotDone();
        peer.release(held);
        assertThat(result(bob).client()).isEqualTo(BOB);
    }

    @Test
    @Promise(4)
    final void aSilentBackendIsAnErrorAndNoHang() {
        FaultyBackend silent = faulty();
        silent.failAll(Command.ACQUIRE, Fault.REPLY_HELD);
        CompletableFuture<LockHandle> alice = impatientLocks(silent).acquireAsync(resource, ALICE, lease());
        pass(lease().plus(impatience()).plus(fixture().slack()));
        assertThat(failure(alice)).isInstanceOf(LockBackendException.class);
    }

    @Test
    @Promise(4)
    final void aSilentBackendIsAnErrorForTheOtherCommandsToo() {
        FaultyBackend silent = faulty();
        silent.failAll(Command.RELEASE, Fault.REPLY_HELD);
        Call<Boolean> release = call(impatientLocks(silent), locks -> locks.release(resource, ALICE));
        release.awaitBlocked(() -> silent.calls(Command.RELEASE) == 1);
        pass(impatience().plus(fixture().slack()));
        assertThat(release.failure()).isInstanceOf(LockBackendException.class);
    }

    @Test
    @Promise(4)
    final void aPausedStoreIsAnErrorAndNoHang() {
        DistributedLock locks = connectedLocks();
        pauseStore();
        CompletableFuture<LockHandle> alice = locks.acquireAsync(resource, ALICE, lease());
        pass(lease().plus(impatience()).plus(fixture().slack()));
        assertThat(failure(alice)).isInstanceOf(LockBackendException.class);
    }

    @Test
    @Promise(4)
    final void aPausedStoreSaysNothingOfAHolder() {
        peer().take(ALICE);
        DistributedLock locks = connectedLocks();
        pauseStore();
        Call<Boolean> bob = call(
                locks, calls -> calls.tryAcquire(resource, BOB, Duration.ZERO).isPresent());
        assertThat(failureAsTimePasses(bob)).isInstanceOf(LockBackendException.class);
    }

    @Test
    @Promise(4)
    final void aWaitThatEndsWhileTheStoreIsPausedIsAnErrorAndNoTimeout() {
        Peer peer = peer();
        peer.take(ALICE);
        long start = fixture().ticker().read();
        CompletableFuture<LockHandle> bob = impatientLocks().acquireAsync(resource, BOB, lease());
        eventually("one waits", () -> bob.isDone() || peer.waiters() == 1);
        pauseStore();
        assumeWaits(start);
        pass(lease().plus(impatience()).plus(fixture().slack()));
        assertThat(failure(bob)).isInstanceOf(LockBackendException.class);
    }

    @Test
    @Promise(4)
    final void aPausedStoreIsAnErrorForTheOtherCommandsToo() {
        DistributedLock locks = connectedLocks();
        pauseStore();
        List<Call<?>> calls = List.of(
                call(locks, target -> target.release(resource, ALICE)),
                call(locks, target -> target.heartbeat(resource, ALICE)),
                call(locks, target -> target.inspect(resource)));
        for (Call<?> each : calls) {
            assertThat(failureAsTimePasses(each)).isInstanceOf(LockBackendException.class);
        }
    }
}
