package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.conformance.FaultyBackend.Command;
import io.holdfast.conformance.FaultyBackend.Fault;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 7. */
abstract class RepeatedReleaseTests extends LockTopic {
    RepeatedReleaseTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(7)
    final void aReleaseEndsTheHoldAndSaysSo() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        assertThat(peer.release(held)).isTrue();
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(7)
    final void theSecondReleaseDoesNothingAndSaysSo() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        peer.release(held);
        assertThat(peer.release(held)).isFalse();
        assertThat(peer().release(held)).isFalse();
    }

    @Test
    @Promise(7)
    final void whatWasNeverHeldIsNotReleased() {
        assertThat(peer().release(HoldRef.ofClient(resource, ALICE))).isFalse();
    }

    @Test
    @Promise(7)
    final void nobodyReleasesTheHoldOfAnother() {
        Peer peer = peer();
        peer.take(ALICE);
        assertThat(peer.release(HoldRef.ofClient(resource, BOB))).isFalse();
        assertThat(peer.holder()).contains(ALICE);
    }

    @Test
    @Promise(7)
    final void anotherClientsNameWithTheRightTokenReleasesNothing() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        assertThat(peer.release(new Ref(resource, BOB, held.token()))).isFalse();
        assertThat(peer.holder()).contains(ALICE);
    }

    @Test
    @Promise(7)
    final void aReleaseWithoutTokenEndsTheClientsHold() {
        peer().take(ALICE);
        Peer operator = peer();
        assertThat(operator.release(HoldRef.ofClient(resource, ALICE))).isTrue();
        assertThat(operator.look()).isEmpty();
    }

    @Test
    @Promise(7)
    final void aLateReleaseLeavesANewerHoldOfTheSameClient() {
        Peer peer = peer();
        Grant old = peer.take(ALICE);
        peer.release(old);
        Grant newer = peer.take(ALICE);
        given(newer.token() != old.token(), 2, "a new hold has an old token");
        assertThat(peer.release(old)).isFalse();
        assertThat(peer.look().map(LockInfo::fencingToken)).contains(newer.token());
    }

    @Test
    @Promise(7)
    final void aLateReleaseLeavesANewerHoldOfAnotherClient() {
        Peer peer = peer();
        Grant old = peer.take(ALICE);
        peer.release(old);
        peer.take(BOB);
        assertThat(peer.release(old)).isFalse();
        assertThat(peer.holder()).contains(BOB);
    }

    @Test
    @Promise(7)
    final void anExpiredHoldIsNotReleased() {
        Peer peer = peer();
        Grant held = peer.takeBriefly(ALICE);
        passALease();
        given(peer.look().isEmpty(), 3, "the hold outlives its lease");
        assertThat(peer.release(held)).isFalse();
    }

    @Test
    @Promise(7)
    final void aReleaseEndsTheHoldForAllThatShareIt() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        given(peer().take(ALICE).token() == held.token(), 6, "the holder who asks again gets another hold");
        assertThat(peer.release(held)).isTrue();
        assertThat(peer.look()).isEmpty();
    }

    @Test
    @Promise(7)
    final void aClosedHandleFreesTheResource() throws InterruptedException {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO);
        hold.close();
        assertThat(hold.isValid()).isFalse();
        assertThat(peer().tryOnce(BOB)).isInstanceOf(Grant.class);
    }

    @Test
    @Promise(7)
    final void theSecondReleaseOfAHandleSaysThatItDidNothing() throws InterruptedException {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO);
        assertThat(result(hold.releaseAsync())).isTrue();
        assertThat(result(hold.releaseAsync())).isFalse();
        assertThatCode(hold::close).doesNotThrowAnyException();
    }

    @Test
    @Promise(7)
    final void aRepeatedCloseLeavesANewerHoldOfTheSameClient() throws InterruptedException {
        DistributedLock locks = locks();
        LockHandle old = locks.acquire(resource, ALICE, Duration.ZERO);
        old.close();
        LockHandle newer = locks.acquire(resource, ALICE, Duration.ZERO);
        old.close();
        assertThat(newer.isValid()).isTrue();
        assertThat(peer().holder()).contains(ALICE);
    }

    @Test
    @Promise(7)
    final void aLateCloseAfterExpiryLeavesANewerHoldOfTheSameClient() throws InterruptedException {
        DistributedLock locks = locks();
        LockHandle expired = locks.acquire(resource, ALICE, Duration.ZERO, brief());
        passALease();
        given(peer().look().isEmpty(), 3, "the hold outlives its lease");
        LockHandle newer = locks.acquire(resource, ALICE, Duration.ZERO);
        given(newer.fencingToken() != expired.fencingToken(), 2, "a new hold has an old token");
        assertThatCode(expired::close).doesNotThrowAnyException();
        assertThat(newer.isValid()).isTrue();
        assertThat(peer().holder()).contains(ALICE);
    }

    @Test
    @Promise(7)
    final void theReleaseByNameSaysWhetherThereWasAHold() throws InterruptedException {
        DistributedLock locks = locks();
        LockHandle hold = locks.acquire(resource, ALICE, Duration.ZERO);
        assertThat(locks.release(resource, BOB)).isFalse();
        assertThat(locks.release(resource, ALICE)).isTrue();
        assertThat(locks.release(resource, ALICE)).isFalse();
        assertThat(hold.isValid()).isFalse();
    }

    @Test
    @Promise(7)
    final void aCloseDoesNotThrowWhenTheBackendFails() throws InterruptedException {
        FaultyBackend backend = faulty();
        LockHandle hold = locks(backend).acquire(resource, ALICE, Duration.ZERO);
        backend.failAll(Command.RELEASE, Fault.REFUSED);
        assertThatCode(hold::close).doesNotThrowAnyException();
        assertThat(hold.isValid()).isFalse();
    }

    @Test
    @Promise(7)
    final void aCloseThatGetsNoAnswerReturns() throws InterruptedException {
        FaultyBackend silent = faulty();
        LockHandle hold = impatientLocks(silent).acquire(resource, ALICE, Duration.ZERO, plain(LONG_LEASE));
        silent.failNext(Command.RELEASE, Fault.REPLY_HELD);
        Call<Boolean> close = closing(new Call<>(() -> {
            hold.close();
            return hold.isValid();
        }));
        close.awaitBlocked(() -> silent.calls(Command.RELEASE) == 1);
        pass(impatience().plus(fixture().slack()));
        assertThat(close.result()).isFalse();
    }

    @Test
    @Promise(7)
    final void aHandleThatIsClosedWhileTheStoreIsPausedIsReleasedAfterwards() throws InterruptedException {
        Peer peer = peer();
        LockHandle hold = impatientLocks().acquire(resource, ALICE, Duration.ZERO, plain(LONG_LEASE));
        pauseStore();
        Call<Boolean> close = closing(new Call<>(() -> {
            hold.close();
            return hold.isValid();
        }));
        letEnd(close);
        assertThat(close.result()).isFalse();
        resumeStore();
        pass(impatience());
        eventually("the resource is free", () -> peer.look().isEmpty());
    }

    @Test
    @Promise(7)
    final void aReleaseWhoseAnswerWasLostLeavesANewerHoldOfTheSameClient() throws InterruptedException {
        FaultyBackend lossy = faulty();
        DistributedLock locks = impatientLocks(lossy);
        LockHandle old = locks.acquire(resource, ALICE, Duration.ZERO, plain(LONG_LEASE));
        lossy.failNext(Command.RELEASE, Fault.REPLY_LOST);
        assertThat(failure(old.releaseAsync())).isNotNull();
        CompletableFuture<LockHandle> newer = locks.acquireAsync(resource, ALICE, LONG, plain(LONG_LEASE));
        for (int i = 0; i < 20 && !newer.isDone(); i++) {
            pass(lease());
        }
        pass(lease());
        given(result(newer).fencingToken() != old.fencingToken(), 2, "a new hold has an old token");
        assertThat(result(newer).isValid()).isTrue();
        assertThat(peer().look().map(LockInfo::fencingToken))
                .contains(result(newer).fencingToken());
    }

    @Test
    @Promise(7)
    final void whatIsAcquiredWhileTheReleaseIsOnItsWayIsANewHold() throws InterruptedException {
        // Connected in advance: the release's reply is waited for no longer than the answer timeout.
        Peer observer = peer();
        FaultyBackend slow = faulty();
        DistributedLock locks = locks(slow);
        LockHandle old = locks.acquire(resource, ALICE, Duration.ZERO, plain(LONG_LEASE));
        slow.failNext(Command.RELEASE, Fault.REPLY_HELD);
        CompletableFuture<Boolean> release = old.releaseAsync();
        CompletableFuture<LockHandle> newer = locks.acquireAsync(resource, ALICE, LONG, plain(LONG_LEASE));
        eventually("the new hold has begun", () -> {
            Optional<LockInfo> present = observer.look();
            return present.isPresent() && present.get().fencingToken() > old.fencingToken();
        });
        slow.letRepliesPass();
        assertThat(result(release)).isTrue();
        assertThat(result(newer).isValid()).isTrue();
        assertThat(old.isValid()).isFalse();
        assertThat(observer.look().map(LockInfo::fencingToken))
                .contains(result(newer).fencingToken());
    }

    @Test
    @Promise(7)
    final void aReleaseThatFailedIsTriedAgainInTheBackground() throws InterruptedException {
        Peer peer = peer();
        FaultyBackend backend = faulty();
        LockHandle hold = impatientLocks(backend).acquire(resource, ALICE, Duration.ZERO, plain(LONG_LEASE));
        backend.failNext(Command.RELEASE, Fault.REFUSED);
        backend.failNext(Command.RELEASE, Fault.REFUSED);
        CompletableFuture<Boolean> release = hold.releaseAsync();
        assertThat(failure(release)).isNotNull();
        for (int i = 0; i < 20 && peer.look().isPresent(); i++) {
            pass(lease());
        }
        assertThat(peer.look()).isEmpty();
    }
}
