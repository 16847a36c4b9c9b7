package io.holdfast.inmemory;

import static io.holdfast.inmemory.LockTableRig.LEASE;
import static io.holdfast.inmemory.LockTableRig.MILLI;
import static io.holdfast.inmemory.LockTableRig.RESOURCE;
import static io.holdfast.inmemory.LockTableRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import org.junit.jupiter.api.Test;

class LockTableLeaseTest {
    private final LockTableRig rig = new LockTableRig();

    @Test
    void renewalBringsTheLeaseToFullLength() {
        Grant grant = rig.hold(1, "a");
        long end = (3_000 + LEASE) * MILLI;
        assertThat(rig.at(3_000).renew(grant)).hasValue(end);
        assertThat(grant.validUntil()).isEqualTo(end);
        rig.at(LEASE).expire();
        rig.atNanos(end - 1).expire();
        assertThat(rig.holder()).contains("a");
        rig.atNanos(end).expire();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void renewalByClientMeansWhateverHoldItHas() {
        rig.hold(1, "a");
        assertThat(rig.at(1).renew(HoldRef.ofClient(RESOURCE, "a"))).hasValue((1 + LEASE) * MILLI);
    }

    @Test
    void renewalKeepsTheLongestLeaseThatWasAskedFor() {
        Grant grant = rig.hold(1, "a");
        rig.acquire(request(2, RESOURCE, "a", 3 * LEASE, 0));
        rig.acquire(request(3, RESOURCE, "a", LEASE / 2, 0));
        assertThat(rig.at(1).renew(grant)).hasValue((1 + 3 * LEASE) * MILLI);
    }

    @Test
    void renewalByAnotherClientChangesNothing() {
        Grant grant = rig.hold(1, "a");
        rig.placed(2, "b", 60_000);
        assertThat(rig.at(1).renew(HoldRef.ofClient(RESOURCE, "b"))).isEmpty();
        assertThat(grant.validUntil()).isEqualTo(LEASE * MILLI);
    }

    @Test
    void renewalOfAFreeResourceChangesNothing() {
        assertThat(rig.renew(HoldRef.ofClient(RESOURCE, "a"))).isEmpty();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void releasedHoldIsNotRevived() {
        Grant old = rig.hold(1, "a");
        rig.release(old);
        assertThat(rig.renew(old)).isEmpty();
        Grant next = rig.hold(2, "a");
        assertThat(rig.at(1).renew(old)).isEmpty();
        assertThat(next.validUntil()).isEqualTo(LEASE * MILLI);
    }

    @Test
    void renewalIsTooLateAtTheEndOfTheLease() {
        Grant first = rig.hold(1, "a");
        long end = first.validUntil();
        assertThat(rig.atNanos(end - 1).renew(first)).hasValue(end - 1 + LEASE * MILLI);
        assertThat(rig.atNanos(first.validUntil()).renew(first)).isEmpty();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void renewalThatComesTooLateLetsTheWaiterIn() {
        Grant first = rig.hold(1, "a");
        rig.placed(2, "b", 2 * LEASE);
        assertThat(rig.at(LEASE).renew(first)).isEmpty();
        assertThat(rig.holder()).contains("b");
    }

    @Test
    void leasesEndInOrderEachAtItsOwnMoment() {
        rig.acquire(request(1, "late", "a", 300, 0));
        rig.acquire(request(2, "early", "a", 100, 0));
        rig.acquire(request(3, "middle", "a", 200, 0));
        rig.at(100).expire();
        assertThat(rig.table.size()).isEqualTo(2);
        rig.at(200).expire();
        assertThat(rig.table.size()).isEqualTo(1);
        rig.at(300).expire();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void expiryHandsEachResourceOn() {
        rig.acquire(request(1, "x", "a", 100, 0));
        rig.acquire(request(2, "y", "a", 100, 0));
        rig.acquire(request(3, "x", "b", 100, 1_000));
        rig.acquire(request(4, "y", "c", 100, 1_000));
        rig.at(100).expire();
        assertThat(rig.grantedRequests()).containsExactlyInAnyOrder(3L, 4L);
        rig.at(200).expire();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void expiryForgetsSharedClaims() {
        rig.hold(1, "a");
        rig.hold(2, "a");
        rig.at(LEASE).expire();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void nextExpiryIsNeverLaterThanAnyLease() {
        assertThat(rig.table.nextExpiry()).isEmpty();
        rig.hold(1, "a");
        assertThat(rig.table.nextExpiry().orElseThrow()).isLessThanOrEqualTo(LEASE * MILLI);
        rig.acquire(request(2, "short", "a", 3, 0));
        assertThat(rig.table.nextExpiry()).hasValue(3 * MILLI);
        rig.release("a");
        assertThat(rig.table.nextExpiry()).hasValue(3 * MILLI);
    }

    @Test
    void followingNextExpiryEndsEachLeaseAtItsVeryNanosecond() {
        rig.atNanos(12_345);
        Grant grant = rig.hold(1, "a");
        rig.placed(2, "b", 2 * LEASE);
        while (rig.told.isEmpty()) {
            rig.atNanos(rig.table.nextExpiry().orElseThrow()).expire();
        }
        assertThat(rig.now).isEqualTo(grant.validUntil());
    }

    @Test
    void momentBeforeThatOfAnEarlierCommandCountsAsTheLatest() {
        rig.at(5_000).table.inspect(rig.now, RESOURCE);
        Grant grant = rig.at(1_000).hold(1, "a");
        assertThat(grant.validUntil()).isEqualTo((5_000 + LEASE) * MILLI);
        assertThat(rig.at(0).renew(grant)).hasValue((5_000 + LEASE) * MILLI);
        assertThat(rig.at(4_000).hold(2, "a").validUntil()).isEqualTo((5_000 + LEASE) * MILLI);
        assertThat(rig.table.inspect(0, RESOURCE).orElseThrow().remaining()).hasMillis(LEASE);
    }

    @Test
    void timeThatStepsBackRevivesNothing() {
        Grant first = rig.hold(1, "a");
        rig.at(LEASE).expire();
        assertThat(rig.at(LEASE - 1).renew(first)).isEmpty();
        assertThat(rig.release(first)).isFalse();
        rig.hold(2, "b");
        rig.at(2 * LEASE).table.inspect(rig.now, "other");
        rig.at(1).expire();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void everyCommandEndsTheHoldThatItMeetsIfItsLeaseIsOver() {
        rig.hold(1, "a");
        assertThat(rig.at(LEASE).holder()).isEmpty();
        assertThat(rig.table.size()).isZero();
        rig.hold(2, "a");
        assertThat(rig.at(2 * LEASE).withdraw(99, "z")).isEmpty();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void renewalOfOneLeavesTheLeasesOfOthersAlone() {
        rig.acquire(request(1, "x", "a", LEASE, 0));
        rig.acquire(request(2, "y", "a", LEASE, 0));
        Grant renewed = rig.hold(3, "a");
        rig.acquire(request(4, "z", "a", LEASE, 0));
        rig.at(5_000).renew(renewed);
        rig.at(LEASE).expire();
        assertThat(rig.holder()).contains("a");
        assertThat(rig.table.size()).isEqualTo(1);
        assertThat(rig.table.nextExpiry().orElseThrow()).isGreaterThan(LEASE * MILLI);
    }

    @Test
    void leasesAreRenewedAtNegativeMomentsToo() {
        LockTableRig early = new LockTableRig(-60_000 * MILLI);
        Grant grant = early.hold(1, "a");
        assertThat(early.at(-55_000).renew(grant)).hasValue((LEASE - 55_000) * MILLI);
    }
}
