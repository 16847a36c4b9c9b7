package io.holdfast.inmemory;

import static io.holdfast.inmemory.LockTableRig.LEASE;
import static io.holdfast.inmemory.LockTableRig.RESOURCE;
import static io.holdfast.inmemory.LockTableRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import org.junit.jupiter.api.Test;

class LockTableReleaseTest {
    private final LockTableRig rig = new LockTableRig();

    @Test
    void releaseOfAFreeResourceSaysSo() {
        assertThat(rig.release("a")).isFalse();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void releaseByTokenEndsTheHold() {
        assertThat(rig.release(rig.hold(1, "a"))).isTrue();
        assertThat(rig.holder()).isEmpty();
        assertThat(rig.table.size()).isZero();
        assertThat(rig.table.nextExpiry()).isEmpty();
    }

    @Test
    void releaseByClientEndsWhateverHoldItHas() {
        rig.hold(1, "a");
        assertThat(rig.release("a")).isTrue();
        assertThat(rig.holder()).isEmpty();
    }

    @Test
    void secondReleaseSaysSo() {
        Grant grant = rig.hold(1, "a");
        rig.release(grant);
        assertThat(rig.release(grant)).isFalse();
        assertThat(rig.release("a")).isFalse();
    }

    @Test
    void releaseByAnotherClientChangesNothing() {
        Grant grant = rig.hold(1, "a");
        rig.placed(2, "b", 60_000);
        assertThat(rig.release("b")).isFalse();
        assertThat(rig.release("c")).isFalse();
        assertThat(rig.release(new Ref("b", grant.token()))).isFalse();
        assertThat(rig.holder()).contains("a");
        assertThat(rig.waiters()).isEqualTo(1);
        assertThat(rig.told).isEmpty();
    }

    @Test
    void releaseByAnotherTokenChangesNothing() {
        Grant grant = rig.hold(1, "a");
        assertThat(rig.release(new Ref("a", grant.token() + 1))).isFalse();
        assertThat(rig.holder()).contains("a");
    }

    @Test
    void lateReleaseLeavesTheClientsNewHoldAlone() {
        Grant old = rig.hold(1, "a");
        rig.release(old);
        rig.hold(2, "a");
        assertThat(rig.release(old)).isFalse();
        assertThat(rig.holder()).contains("a");
    }

    @Test
    void releaseEndsTheHoldForAllThatShareIt() {
        rig.hold(1, "a");
        Grant shared = rig.hold(2, "a");
        assertThat(rig.release(shared)).isTrue();
        assertThat(rig.table.size()).isZero();
    }

    @Test
    void releaseHandsTheResourceToTheFirstWaiter() {
        Grant first = rig.hold(1, "a");
        rig.placed(2, "b", 60_000);
        rig.placed(3, "c", 60_000);
        rig.at(5).release(first);
        assertThat(rig.told)
                .containsExactly(new LockTableRig.Granted(2, "b", first.token() + 1, (5 + LEASE) * LockTableRig.MILLI));
        assertThat(rig.holder()).contains("b");
        assertThat(rig.waiters()).isEqualTo(1);
    }

    @Test
    void releaseIsTooLateAtTheEndOfTheLease() {
        Grant first = rig.hold(1, "a");
        assertThat(rig.atNanos(first.validUntil()).release(first)).isFalse();
        assertThat(rig.table.size()).isZero();

        Grant second = rig.hold(2, "a");
        assertThat(rig.atNanos(second.validUntil() - 1).release(second)).isTrue();
    }

    @Test
    void releaseThatComesTooLateStillLetsTheWaiterIn() {
        Grant first = rig.hold(1, "a");
        rig.placed(2, "b", 2 * LEASE);
        assertThat(rig.atNanos(first.validUntil()).release(first)).isFalse();
        assertThat(rig.grantedRequests()).containsExactly(2L);
        assertThat(rig.holder()).contains("b");
    }

    @Test
    void clientOfAReleasedHoldMayQueueAgain() {
        Grant first = rig.hold(1, "a");
        rig.placed(2, "b", 60_000);
        rig.release(first);
        assertThat(rig.acquire(request(3, "a", 60_000))).isInstanceOf(LockTable.Placed.class);
        rig.release("b");
        assertThat(rig.grantedRequests()).containsExactly(2L, 3L);
    }

    private record Ref(String client, long token) implements HoldRef {
        @Override
        public String resource() {
            return RESOURCE;
        }
    }
}
