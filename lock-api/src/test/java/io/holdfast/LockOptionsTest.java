package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LockOptionsTest {
    private final LockOptions defaults = LockOptions.defaults();

    @Test
    void defaultsAreThirtySecondsWithAutoRenewal() {
        assertThat(defaults.lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(defaults.autoRenewal()).isTrue();
    }

    @Test
    void eachOptionChangesAlone() {
        LockOptions shorter = defaults.withLease(Duration.ofSeconds(5));
        assertThat(shorter.lease()).isEqualTo(Duration.ofSeconds(5));
        assertThat(shorter.autoRenewal()).isTrue();
        LockOptions manual = shorter.withAutoRenewal(false);
        assertThat(manual.lease()).isEqualTo(Duration.ofSeconds(5));
        assertThat(manual.autoRenewal()).isFalse();
        assertThat(manual.withLease(Duration.ofSeconds(6)).autoRenewal()).isFalse();
        assertThat(defaults.lease()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void leaseMayBeAsShortAndAsLongAsTheLimits() {
        assertThat(defaults.withLease(LockOptions.MIN_LEASE).lease()).isEqualTo(Duration.ofMillis(1));
        assertThat(defaults.withLease(LockOptions.MAX_LEASE).lease()).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void leaseBeyondTheLimitsIsRefusedWithBoth() {
        assertRefused(LockOptions.MIN_LEASE.minusNanos(1));
        assertRefused(LockOptions.MAX_LEASE.plusNanos(1));
        assertRefused(Duration.ZERO);
        assertRefused(Duration.ofMillis(-1));
        assertRefused(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
        assertRefused(Duration.ofSeconds(Long.MIN_VALUE));
    }

    private void assertRefused(Duration lease) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withLease(lease))
                .withMessage("lease must be from PT0.001S to PT168H, but was " + lease);
    }

    @Test
    void leaseMustNotBeNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> defaults.withLease(null))
                .withMessage("lease");
    }

    @Test
    void fractionOfAMillisecondIsRoundedUp() {
        assertThat(defaults.withLease(Duration.ofNanos(1_000_001)).lease()).isEqualTo(Duration.ofMillis(2));
        assertThat(defaults.withLease(Duration.ofNanos(1_999_999)).lease()).isEqualTo(Duration.ofMillis(2));
        assertThat(defaults.withLease(Duration.ofMillis(2)).lease()).isEqualTo(Duration.ofMillis(2));
        assertThat(defaults.withLease(LockOptions.MAX_LEASE.minusNanos(1)).lease())
                .isEqualTo(LockOptions.MAX_LEASE);
    }

    @Test
    void optionsAreValues() {
        LockOptions same = defaults.withLease(Duration.ofSeconds(5)).withLease(Duration.ofSeconds(30));
        assertThat(same).isEqualTo(defaults).hasSameHashCodeAs(defaults).hasToString(defaults.toString());
        assertThat(defaults.withAutoRenewal(false)).isNotEqualTo(defaults);
        assertThat(defaults.withLease(Duration.ofSeconds(5))).isNotEqualTo(defaults);
        assertThat(defaults).isNotEqualTo("LockOptions");
        assertThat(defaults).hasToString("LockOptions[lease=PT30S, autoRenewal=true]");
    }
}
