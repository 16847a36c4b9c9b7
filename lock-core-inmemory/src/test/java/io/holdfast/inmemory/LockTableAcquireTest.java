package io.holdfast.inmemory;

import static io.holdfast.inmemory.LockTableRig.LEASE;
import static io.holdfast.inmemory.LockTableRig.MILLI;
import static io.holdfast.inmemory.LockTableRig.RESOURCE;
import static io.holdfast.inmemory.LockTableRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.spi.Grant;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LockTableAcquireTest {
    private final LockTableRig rig = new LockTableRig();

    @Test
    void freeResourceIsGrantedAtOnce() {
        Grant grant = rig.at(7).hold(1, "a");
        assertThat(grant.resource()).isEqualTo(RESOURCE);
        assertThat(grant.client()).isEqualTo("a");
        assertThat(grant.token()).isPositive();
        assertThat(grant.leaseMillis()).isEqualTo(LEASE);
        assertThat(grant.validUntil()).isEqualTo((7 + LEASE) * MILLI);
        assertThat(rig.told).isEmpty();
    }

    @Test
    void heldResourceIsRefusedToWhoMayNotWait() {
        rig.hold(1, "a");
        LockTable.Answer answer = rig.acquire(request(2, "b", 0));
        assertThat(answer)
                .isInstanceOfSatisfying(
                        LockTable.Refused.class,
                        refused -> assertThat(refused.holder().client()).isEqualTo("a"));
        assertThat(rig.waiters()).isZero();
        rig.release("a");
        assertThat(rig.holder()).isEmpty();
        assertThat(rig.told).isEmpty();
    }

    @Test
    void negativeWaitIsNoWait() {
        rig.hold(1, "a");
        assertThat(rig.acquire(request(2, "b", -1))).isInstanceOf(LockTable.Refused.class);
        assertThat(rig.waiters()).isZero();
    }

    @Test
    void heldResourceQueuesWhoMayWait() {
        rig.hold(1, "a");
        assertThat(rig.placed(2, "b", 1).client()).isEqualTo("a");
        assertThat(rig.holder()).contains("a");
        assertThat(rig.waiters()).isEqualTo(1);
        assertThat(rig.told).isEmpty();
    }

    @Test
    void holderGetsTheSameHoldAgain() {
        Grant first = rig.hold(1, "a");
        Grant second = rig.at(1).hold(2, "a");
        assertThat(second.token()).isEqualTo(first.token());
        assertThat(rig.told).isEmpty();
    }

    @Test
    void holderGetsItsHoldAgainWhileOthersWait() {
        Grant first = rig.hold(1, "a");
        rig.placed(2, "b", 1000);
        assertThat(rig.hold(3, "a").token()).isEqualTo(first.token());
        assertThat(rig.waiters()).isEqualTo(1);
    }

    @Test
    void acquiringAgainBringsTheLeaseToFullLength() {
        rig.hold(1, "a");
        assertThat(rig.at(4_000).hold(2, "a").validUntil()).isEqualTo((4_000 + LEASE) * MILLI);
        rig.at(LEASE + 3_999).expire();
        assertThat(rig.holder()).contains("a");
        rig.at(LEASE + 4_000).expire();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void acquiringAgainNeverShortensTheLease() {
        rig.hold(1, "a");
        Grant again = (Grant) rig.at(4_000).acquire(request(2, RESOURCE, "a", 1, 0));
        assertThat(again.leaseMillis()).isEqualTo(LEASE);
        assertThat(again.validUntil()).isEqualTo((4_000 + LEASE) * MILLI);
    }

    @Test
    void acquiringAgainMayLengthenTheLease() {
        Grant first = rig.hold(1, "a");
        Grant again = (Grant) rig.acquire(request(2, RESOURCE, "a", 2 * LEASE, 0));
        assertThat(again.leaseMillis()).isEqualTo(2 * LEASE);
        assertThat(again.validUntil()).isEqualTo(2 * LEASE * MILLI);
        assertThat(rig.at(1).renew(first)).hasValue((1 + 2 * LEASE) * MILLI);
    }

    @Test
    void requestSentTwiceIsOneClaim() {
        rig.hold(1, "a");
        rig.hold(1, "a");
        assertThat(rig.table.size()).isEqualTo(1);
        rig.withdraw(1, "a");
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void resourcesKnowNothingOfEachOther() {
        rig.hold(1, "a");
        Grant other = (Grant) rig.acquire(request(2, "orders/43", "b", LEASE, 0));
        assertThat(other.client()).isEqualTo("b");
        assertThat(rig.release("b")).isFalse();
        assertThat(rig.release(other)).isTrue();
        assertThat(rig.holder()).contains("a");
    }

    @Test
    void leaseKeepsOthersOutUntilItsLastNanosecond() {
        Grant first = rig.hold(1, "a");
        rig.atNanos(first.validUntil() - 1);
        assertThat(rig.acquire(request(2, "b", 0))).isInstanceOf(LockTable.Refused.class);
        rig.atNanos(first.validUntil());
        Grant second = rig.hold(3, "b");
        assertThat(second.client()).isEqualTo("b");
        assertThat(second.token()).isGreaterThan(first.token());
        assertThat(rig.table.size()).isEqualTo(1);
    }

    @Test
    void clientWhoseLeaseIsOverGetsANewHold() {
        Grant first = rig.hold(1, "a");
        Grant second = rig.atNanos(first.validUntil()).hold(2, "a");
        assertThat(second.token()).isGreaterThan(first.token());
    }

    @Test
    void waiterComesBeforeANewcomerWhenTheLeaseIsOver() {
        Grant first = rig.hold(1, "a");
        rig.placed(2, "b", 2 * LEASE);
        rig.atNanos(first.validUntil());
        assertThat(rig.acquire(request(3, "c", 0)))
                .isInstanceOfSatisfying(
                        LockTable.Refused.class,
                        refused -> assertThat(refused.holder().client()).isEqualTo("b"));
        assertThat(rig.grantedRequests()).containsExactly(2L);
    }

    @Test
    void eachNewHoldHasAGreaterToken() {
        long released = rig.hold(1, "a").token();
        rig.release("a");
        long withdrawn = rig.hold(2, "a").token();
        rig.withdraw(2, "a");
        long expired = rig.hold(3, "b").token();
        long last = rig.at(LEASE).hold(4, "c").token();
        assertThat(released).isPositive();
        assertThat(withdrawn).isGreaterThan(released);
        assertThat(expired).isGreaterThan(withdrawn);
        assertThat(last).isGreaterThan(expired);
    }

    @Test
    void holdIsDescribedByBothClocks() {
        Grant grant = rig.at(1_000).hold(1, "a");
        rig.placed(2, "b", 60_000);
        rig.placed(3, "b", 60_000);
        rig.placed(4, "c", 60_000);
        LockInfo info = rig.at(3_000).table.inspect(rig.now, RESOURCE).orElseThrow();
        assertThat(info)
                .isEqualTo(new LockInfo(
                        RESOURCE,
                        "a",
                        grant.token(),
                        LockStatus.HELD,
                        Instant.EPOCH.plusMillis(1_000),
                        Instant.EPOCH.plusMillis(1_000 + LEASE),
                        Duration.ofMillis(LEASE - 2_000),
                        2));
    }

    @Test
    void holderIsDescribedAsItIsAfterTheCommand() {
        rig.hold(1, "a");
        assertThat(rig.placed(2, "b", 60_000).waiters()).isEqualTo(1);
        assertThat(rig.placed(3, "c", 60_000).waiters()).isEqualTo(2);
    }

    @Test
    void lookingChangesNothing() {
        assertThat(rig.holder()).isEmpty();
        assertThat(rig.table.size()).isZero();
        Grant grant = rig.hold(1, "a");
        rig.at(1).holder();
        assertThat(grant.validUntil()).isEqualTo(LEASE * MILLI);
    }

    @Test
    void momentsMayBeNegativeAndMayWrapAround() {
        LockTableRig early = new LockTableRig(-5 * MILLI);
        assertThat(early.hold(1, "a").validUntil()).isEqualTo((LEASE - 5) * MILLI);

        LockTableRig late = new LockTableRig(Long.MAX_VALUE - MILLI);
        Grant grant = late.hold(1, "a");
        assertThat(grant.validUntil()).isNegative();
        late.placed(2, "b", 2 * LEASE);
        late.now += LEASE * MILLI - 1;
        late.expire();
        assertThat(late.holder()).contains("a");
        late.now += 1;
        late.expire();
        assertThat(late.holder()).contains("b");
    }

    @Test
    void sizeCountsHoldsQueuesAndSharedClaims() {
        assertThat(rig.table.size()).isZero();
        rig.hold(1, "a");
        assertThat(rig.table.size()).isEqualTo(1);
        rig.placed(2, "b", 1_000);
        assertThat(rig.table.size()).isEqualTo(2);
        rig.hold(3, "a");
        assertThat(rig.table.size()).isEqualTo(3);
    }

    @Test
    void tableKnowsWhetherAnyoneWaits() {
        assertThat(rig.table.isAnyoneWaiting()).isFalse();
        rig.hold(1, "a");
        assertThat(rig.table.isAnyoneWaiting()).isFalse();
        rig.placed(2, "b", 1_000);
        assertThat(rig.table.isAnyoneWaiting()).isTrue();
        rig.release("a");
        assertThat(rig.table.isAnyoneWaiting()).isFalse();
    }

    @Test
    void tableKnowsTheLatestMoment() {
        LockTableRig late = new LockTableRig(5 * MILLI);
        assertThat(late.table.latestMoment()).isEqualTo(5 * MILLI);
        late.at(7).hold(1, "a");
        late.at(6).hold(1, "a");
        assertThat(late.table.latestMoment()).isEqualTo(7 * MILLI);
    }

    @Test
    void grantSaysWhatItIs() {
        assertThat(rig.hold(1, "a")).hasToString("Hold[resource=orders/42, client=a, token=1]");
    }
}
