package io.holdfast.inmemory;

import static io.holdfast.inmemory.LockTableRig.LEASE;
import static io.holdfast.inmemory.LockTableRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockInfo;
import io.holdfast.spi.Grant;
import org.junit.jupiter.api.Test;

class LockTableWithdrawTest {
    private static final long LONG = 60_000;

    private final LockTableRig rig = new LockTableRig();

    @Test
    void unknownRequestChangesNothing() {
        assertThat(rig.withdraw(9, "a")).isEmpty();
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        assertThat(rig.withdraw(9, "a").map(LockInfo::client)).contains("a");
        assertThat(rig.withdraw(9, "b").map(LockInfo::client)).contains("a");
        assertThat(rig.withdraw(9, "c").map(LockInfo::client)).contains("a");
        assertThat(rig.holder()).contains("a");
        assertThat(rig.waiters()).isEqualTo(1);
    }

    @Test
    void waitingRequestLeavesTheQueue() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        LockInfo inTheWay = rig.withdraw(2, "b").orElseThrow();
        assertThat(inTheWay.client()).isEqualTo("a");
        assertThat(inTheWay.waiters()).isZero();
        assertThat(rig.table.size()).isEqualTo(1);
        rig.release("a");
        assertThat(rig.told).isEmpty();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void withdrawingFromTheMiddleKeepsTheOrderOfTheRest() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.placed(3, "c", LONG);
        rig.placed(4, "d", LONG);
        rig.withdraw(3, "c");
        rig.release("a");
        rig.release("b");
        rig.release("d");
        assertThat(rig.grantedRequests()).containsExactly(2L, 4L);
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void clientThatComesBackStandsAtTheEnd() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.placed(3, "c", LONG);
        rig.withdraw(2, "b");
        rig.placed(4, "b", LONG);
        rig.release("a");
        rig.release("c");
        assertThat(rig.grantedRequests()).containsExactly(3L, 4L);
    }

    @Test
    void placeStaysWhileAnotherRequestSharesIt() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.placed(3, "c", LONG);
        rig.placed(4, "b", LONG);
        rig.withdraw(2, "b");
        assertThat(rig.waiters()).isEqualTo(2);
        rig.release("a");
        assertThat(rig.grantedRequests()).containsExactly(4L);
    }

    @Test
    void requestOfAnotherClientIsNotMeant() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.withdraw(2, "c");
        rig.withdraw(1, "c");
        assertThat(rig.holder()).contains("a");
        assertThat(rig.waiters()).isEqualTo(1);
    }

    @Test
    void withdrawalAfterTheGrantEndsTheHold() {
        rig.hold(1, "a");
        assertThat(rig.withdraw(1, "a")).isEmpty();
        assertThat(rig.table.size()).isZero();
        assertThat(rig.table.nextExpiry()).isEmpty();
    }

    @Test
    void withdrawalAfterTheGrantLetsTheNextWaiterIn() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.placed(3, "c", LONG);
        rig.release("a");
        LockInfo inTheWay = rig.withdraw(2, "b").orElseThrow();
        assertThat(inTheWay.client()).isEqualTo("c");
        assertThat(rig.grantedRequests()).containsExactly(2L, 3L);
    }

    @Test
    void sharedHoldLastsUntilItsLastClaimIsWithdrawn() {
        rig.hold(1, "a");
        rig.hold(2, "a");
        rig.hold(3, "a");
        assertThat(rig.withdraw(2, "a").map(LockInfo::client)).contains("a");
        assertThat(rig.withdraw(1, "a").map(LockInfo::client)).contains("a");
        assertThat(rig.withdraw(3, "a")).isEmpty();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void withdrawingTheSameClaimTwiceCountsOnce() {
        rig.hold(1, "a");
        rig.hold(2, "a");
        rig.withdraw(1, "a");
        rig.withdraw(1, "a");
        assertThat(rig.holder()).contains("a");
        rig.withdraw(2, "a");
        assertThat(rig.holder()).isEmpty();
    }

    @Test
    void withdrawnFirstClaimMayBeMadeAgain() {
        rig.hold(1, "a");
        rig.hold(2, "a");
        rig.withdraw(1, "a");
        rig.hold(1, "a");
        rig.withdraw(2, "a");
        assertThat(rig.holder()).contains("a");
        rig.withdraw(1, "a");
        assertThat(rig.holder()).isEmpty();
    }

    @Test
    void claimsOfRequestsThatSharedAPlaceAreSeparate() {
        rig.hold(1, "a");
        rig.placed(2, "b", LONG);
        rig.placed(3, "b", LONG);
        rig.release("a");
        rig.withdraw(2, "b");
        assertThat(rig.holder()).contains("b");
        rig.withdraw(3, "b");
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void lateWithdrawalLeavesTheClientsNewHoldAlone() {
        Grant old = rig.hold(1, "a");
        rig.release(old);
        rig.hold(2, "a");
        assertThat(rig.withdraw(1, "a").map(LockInfo::client)).contains("a");
        assertThat(rig.holder()).contains("a");
    }

    @Test
    void lateWithdrawalAfterASharedHoldLeavesTheNewHoldAlone() {
        rig.hold(1, "a");
        rig.hold(2, "a");
        rig.release("a");
        rig.hold(3, "a");
        rig.withdraw(1, "a");
        rig.withdraw(2, "a");
        assertThat(rig.holder()).contains("a");
    }

    @Test
    void withdrawalOfAnExpiredHoldLeavesItsFollowerAlone() {
        rig.hold(1, "a");
        rig.placed(2, "b", 2 * LEASE);
        assertThat(rig.at(LEASE).withdraw(1, "a").map(LockInfo::client)).contains("b");
        assertThat(rig.holder()).contains("b");
    }

    @Test
    void requestThatIsGrantedByTheVeryWithdrawalGivesTheHoldUp() {
        rig.hold(1, "a");
        rig.placed(2, "b", 2 * LEASE);
        rig.placed(3, "c", 2 * LEASE);
        assertThat(rig.at(LEASE).withdraw(2, "b").map(LockInfo::client)).contains("c");
        assertThat(rig.grantedRequests()).containsExactly(2L, 3L);
        assertThat(rig.acquire(request(4, "b", 0))).isInstanceOf(LockTable.Refused.class);
    }
}
