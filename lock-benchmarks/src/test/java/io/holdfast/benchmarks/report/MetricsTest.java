package io.holdfast.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void jainsIndexIsOneIfAllGetTheSame() {
        assertThat(Metrics.jain(7, 7, 7, 7)).isEqualTo(1);
    }

    @Test
    void jainsIndexIsOneShareIfOneGetsEverything() {
        assertThat(Metrics.jain(0, 0, 5, 0)).isEqualTo(0.25);
    }
}
