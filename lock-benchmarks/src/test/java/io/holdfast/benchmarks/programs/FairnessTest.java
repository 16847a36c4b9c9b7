package io.holdfast.benchmarks.programs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FairnessTest {
    @Test
    void jainsIndexIsOneIfAllGetTheSame() {
        assertThat(Fairness.jain(7, 7, 7, 7)).isEqualTo(1);
    }

    @Test
    void jainsIndexIsOneShareIfOneGetsEverything() {
        assertThat(Fairness.jain(0, 0, 5, 0)).isEqualTo(0.25);
    }
}
