package io.holdfast.inmemory;

import static io.holdfast.inmemory.LockTableRig.LEASE;
import static io.holdfast.inmemory.LockTableRig.MILLI;
import static io.holdfast.inmemory.LockTableRig.RESOURCE;
import static io.holdfast.inmemory.LockTableRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.inmemory.LockTableRig.Dropped;
import io.holdfast.inmemory.LockTableRig.Granted;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import org.junit.jupiter.api.Test;

class LockTableQueueTest {
    private static final long LONG = 60_000;

    private final LockTableRig rig = new LockTableRig();

    @Test
    void firstComeFirstServed() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.placed(3, "c", LONG);
        rig.placed(4, "d", LONG);
        rig.release("a");
        rig.release("b");
        rig.release("c");
        rig.release("d");
        assertThat(rig.grantedRequests()).containsExactly(2L, 3L, 4L);
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void laterRequestOfAWaitingClientSharesItsPlace() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.placed(3, "c", LONG);
        rig.placed(4, "b", LONG);
        assertThat(rig.waiters()).isEqualTo(2);
        rig.release("a");
        assertThat(rig.grantedRequests()).containsExactly(2L, 4L);
        assertThat(rig.waiters()).isEqualTo(1);
    }

    @Test
    void requestThatIsSentAgainWithoutTimeToWaitLeavesTheQueue() {
        Grant first = rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        assertThat(rig.acquire(request(2, "b", 0))).isInstanceOf(LockTable.Refused.class);
        rig.release(first);
        assertThat(rig.told).containsExactly(new Dropped(2));
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void requestsThatShareAPlaceGetOneHold() {
        Grant first = rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.placed(3, "b", LONG);
        rig.at(5).release(first);
        long token = first.token() + 1;
        long end = (5 + LEASE) * MILLI;
        assertThat(rig.told).containsExactly(new Granted(2, "b", token, end), new Granted(3, "b", token, end));
    }

    @Test
    void longestLeaseCountsForAllThatShareAPlaceAndIsKnownToAll() {
        rig.hold(1, "a");
        rig.acquire(request(2, RESOURCE, "b", LEASE, LONG));
        rig.acquire(request(3, RESOURCE, "b", 3 * LEASE, LONG));
        rig.acquire(request(4, RESOURCE, "b", LEASE, LONG));
        rig.at(5).release("a");
        long end = (5 + 3 * LEASE) * MILLI;
        assertThat(rig.told)
                .allSatisfy(told -> assertThat(((Granted) told).validUntil()).isEqualTo(end));
        rig.at(LEASE + 5).expire();
        assertThat(rig.holder()).contains("b");
        rig.atNanos(end).expire();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void waiterIsGrantedUntilTheLastNanosecondOfItsWait() {
        rig.hold(1, "a");
        rig.placed(2, "b", 100);
        rig.atNanos(100 * MILLI - 1).release("a");
        assertThat(rig.grantedRequests()).containsExactly(2L);
    }

    @Test
    void waiterWhoseWaitIsOverIsDroppedAndSkipped() {
        rig.hold(1, "a");
        rig.placed(2, "b", 100);
        rig.placed(3, "c", LONG);
        rig.at(100).release("a");
        assertThat(rig.told).hasSize(2).startsWith(new Dropped(2));
        assertThat(rig.holder()).contains("c");
    }

    @Test
    void resourceIsFreeWhenAllWaitsAreOver() {
        rig.hold(1, "a");
        rig.placed(2, "b", 100);
        rig.placed(3, "c", 100);
        rig.at(200).release("a");
        assertThat(rig.told).containsExactly(new Dropped(2), new Dropped(3));
        assertThat(rig.holder()).isEmpty();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void eachRequestOfASharedPlaceHasItsOwnDeadline() {
        rig.hold(1, "a");
        rig.placed(2, "b", 100);
        rig.placed(3, "b", LONG);
        rig.placed(4, "b", 100);
        rig.at(100).release("a");
        assertThat(rig.told).contains(new Dropped(2), new Dropped(4)).hasSize(3);
        assertThat(rig.grantedRequests()).containsExactly(3L);
        rig.withdraw(3, "b");
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void waitCountsFromItsArrival() {
        rig.hold(1, "a");
        rig.at(1_000).placed(2, "b", 100);
        rig.atNanos(1_100 * MILLI - 1).release("a");
        assertThat(rig.grantedRequests()).containsExactly(2L);
    }

    @Test
    void waitCountsFromTheLatestMomentIfTimeStepsBack() {
        rig.at(1_000).hold(1, "a");
        rig.at(0).placed(2, "b", 100);
        rig.atNanos(1_100 * MILLI - 1).release("a");
        assertThat(rig.grantedRequests()).containsExactly(2L);
    }

    @Test
    void requestSentAgainWhileItWaitsKeepsItsDeadline() {
        rig.hold(1, "a");
        rig.placed(2, "b", 100);
        rig.at(50).placed(2, "b", 100);
        assertThat(rig.waiters()).isEqualTo(1);
        rig.at(100).release("a");
        assertThat(rig.told).containsExactly(new Dropped(2));
    }

    @Test
    void expiryServesTheQueueLikeARelease() {
        Grant first = rig.hold(1, "a");
        rig.placed(2, "b", LEASE);
        rig.placed(3, "c", 2 * LEASE);
        rig.placed(4, "d", LONG);
        rig.at(LEASE).expire();
        assertThat(rig.told).containsExactly(new Dropped(2), new Granted(3, "c", first.token() + 1, 2 * LEASE * MILLI));
        rig.at(2 * LEASE).expire();
        assertThat(rig.grantedRequests()).containsExactly(3L, 4L);
        rig.at(3 * LEASE).expire();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void grantedWaiterHoldsLikeAnyOther() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.release("a");
        Grant again = rig.at(1).hold(3, "b");
        assertThat(((Granted) rig.told.get(0)).token()).isEqualTo(again.token());
        assertThat(rig.renew(again)).hasValue((1 + LEASE) * MILLI);
        assertThat(rig.release(again)).isTrue();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void releaseOfOneResourceServesOnlyItsOwnQueue() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.acquire(request(3, "other", "a", LEASE, 0));
        rig.acquire(request(4, "other", "c", LEASE, LONG));
        rig.acquire(request(5, "third", "a", LEASE, 0));
        rig.table.release(rig.now, HoldRef.ofClient("third", "a"));
        assertThat(rig.told).isEmpty();
        rig.release("a");
        assertThat(rig.grantedRequests()).containsExactly(2L);
    }

    @Test
    void longQueueIsServedInOrderWithWithdrawalsInBetween() {
        rig.hold(0, "c0");
        for (int i = 1; i < 100; i++) {
            rig.placed(i, "c" + i, LONG);
        }
        for (int i = 3; i < 100; i += 3) {
            rig.withdraw(i, "c" + i);
        }
        for (String holder = "c0"; holder != null; holder = rig.holder().orElse(null)) {
            rig.release(holder);
        }
        assertThat(rig.grantedRequests()).hasSize(66).isSorted().noneMatch(id -> id % 3 == 0);
        assertThat(rig.table.size()).isZero();
    }
}
