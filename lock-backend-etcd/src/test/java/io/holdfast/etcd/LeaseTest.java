package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = -5 * SECOND;

    private static Lease granted(long wanted) {
        return new Lease(1, wanted, true, new Wire.Beat(START, Lease.length(wanted), Long.MAX_VALUE));
    }

    private static boolean isFresh(Lease lease, long now) {
        return lease.isFresh(lease.validity(), now);
    }

    @Test
    void aLongLeaseServesHoldsForASecondWithoutAKeepAlive() {
        Lease lease = granted(30);
        assertThat(lease.seconds()).isEqualTo(30);
        assertThat(isFresh(lease, START + SECOND / 2)).isTrue();
        assertThat(isFresh(lease, START + SECOND)).isFalse();
    }

    @Test
    void aShortLeaseIsNoLongerThanAsked() {
        assertThat(Lease.length(9)).isEqualTo(9);
        assertThat(isFresh(granted(9), START)).isFalse();
    }

    @Test
    void aServerMayGrantMoreThanWasAsked() {
        Lease lease = new Lease(1, 2, true, new Wire.Beat(START, 5, Long.MAX_VALUE));
        assertThat(lease.seconds()).isEqualTo(5);
    }

    @Test
    void aKeepAliveIsProvenByALaterAnswerOfItsTermOnly() {
        Lease lease = granted(30);
        lease.renewed(new Wire.Beat(START + SECOND, 31, 7));
        assertThat(lease.prove(lease.validity(), 8)).isFalse();
        assertThat(lease.provenUntil()).isLessThan(lease.validUntil());
        assertThat(lease.prove(lease.validity(), 7)).isTrue();
        assertThat(lease.provenUntil()).isEqualTo(lease.validUntil());
    }

    @Test
    void anEarlierKeepAliveThatIsAnsweredLaterChangesNothing() {
        Lease lease = granted(30);
        lease.renewed(new Wire.Beat(START + SECOND, 31, 7));
        long until = lease.validUntil();
        lease.renewed(new Wire.Beat(START + SECOND / 2, 31, 6));
        assertThat(lease.validUntil()).isEqualTo(until);
        assertThat(lease.prove(lease.validity(), 7)).isTrue();
    }

    @Test
    void aHoldEndsBeforeItsLeaseDoes() {
        Lease lease = granted(30);
        assertThat(lease.provenUntil() - START).isLessThan(31 * SECOND).isGreaterThan(30 * SECOND);
    }
}
