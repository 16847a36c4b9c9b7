package io.holdfast.inmemory;

import static io.holdfast.inmemory.LockTableRig.RESOURCE;
import static io.holdfast.inmemory.LockTableRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockInfo;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import org.junit.jupiter.api.Test;

class LockTableTokenFloorTest {
    private static final long WANTED = 100;

    private final LockTableRig rig = new LockTableRig();

    @Test
    void aRaisedTokenIsTheHoldsOwn() {
        Grant grant = take("alice");

        assertThat(raise(grant, WANTED)).isTrue();

        assertThat(rig.table.inspect(rig.now, RESOURCE).map(LockInfo::fencingToken))
                .contains(WANTED);
        assertThat(take("alice").token()).isEqualTo(WANTED);
        assertThat(rig.table.renew(rig.now, ref("alice", WANTED))).isPresent();
        assertThat(rig.table.release(rig.now, ref("alice", WANTED))).isTrue();
    }

    @Test
    void theOldTokenNamesTheHoldNoMore() {
        long old = take("alice").token();
        raise(ref("alice", old), WANTED);

        assertThat(rig.table.renew(rig.now, ref("alice", old))).isEmpty();
        assertThat(rig.table.release(rig.now, ref("alice", old))).isFalse();
    }

    @Test
    void laterHoldsHaveGreaterTokens() {
        raise(take("alice"), WANTED);
        rig.table.release(rig.now, HoldRef.ofClient(RESOURCE, "alice"));

        assertThat(take("bob").token()).isGreaterThan(WANTED);
    }

    @Test
    void aWaiterHasAGreaterToken() {
        Grant grant = take("alice");
        rig.acquire(request(7, "bob", 1_000));
        raise(grant, WANTED);
        rig.table.release(rig.now, ref("alice", WANTED));

        assertThat(rig.told)
                .singleElement()
                .isInstanceOfSatisfying(
                        LockTableRig.Granted.class,
                        granted -> assertThat(granted.token()).isGreaterThan(WANTED));
    }

    @Test
    void raisingTwiceIsRaisingOnce() {
        long old = take("alice").token();

        assertThat(raise(ref("alice", old), WANTED)).isTrue();
        assertThat(raise(ref("alice", old), WANTED)).isTrue();
        assertThat(rig.table.inspect(rig.now, RESOURCE).map(LockInfo::fencingToken))
                .contains(WANTED);
    }

    @Test
    void aTokenIsNeverLowered() {
        raise(take("alice"), WANTED);

        assertThat(raise(ref("alice", WANTED), 50)).isTrue();
        assertThat(rig.table.inspect(rig.now, RESOURCE).map(LockInfo::fencingToken))
                .contains(WANTED);
    }

    @Test
    void aHoldThatHasEndedIsNotRaised() {
        long old = take("alice").token();
        rig.table.release(rig.now, ref("alice", old));
        Grant newer = take("alice");

        assertThat(raise(ref("alice", old), WANTED)).isFalse();
        assertThat(newer.token()).isLessThan(WANTED);
        assertThat(raise(ref("bob", newer.token()), WANTED)).isFalse();
    }

    @Test
    void anExpiredHoldIsNotRaised() {
        long old = take("alice").token();
        rig.at(LockTableRig.LEASE);

        assertThat(raise(ref("alice", old), WANTED)).isFalse();
        assertThat(take("bob").token()).isEqualTo(old + 1);
    }

    @Test
    void raisingLeavesTheLeaseAlone() {
        Grant grant = take("alice");
        long end = grant.validUntil();
        rig.at(LockTableRig.LEASE / 2);
        raise(grant, WANTED);

        assertThat(grant.validUntil()).isEqualTo(end);
    }

    @Test
    void theFloorIsBelowAllTokensToCome() {
        Grant before = take("alice");

        assertThat(rig.table.raiseFloor(WANTED)).isEqualTo(WANTED);
        assertThat(before.token()).isLessThan(WANTED);
        rig.table.release(rig.now, before);
        assertThat(take("bob").token()).isGreaterThan(WANTED);
    }

    @Test
    void askedForNothingTheFloorSaysHowFarTokensAre() {
        long token = take("alice").token();

        assertThat(rig.table.raiseFloor(0)).isEqualTo(token);
    }

    private Grant take(String client) {
        return (Grant) rig.acquire(request(1, client, 0));
    }

    private boolean raise(HoldRef hold, long token) {
        return rig.table.raiseToken(rig.now, hold, token);
    }

    private static HoldRef ref(String client, long token) {
        return new HoldRef() {
            @Override
            public String resource() {
                return RESOURCE;
            }

            @Override
            public String client() {
                return client;
            }

            @Override
            public long token() {
                return token;
            }
        };
    }
}
