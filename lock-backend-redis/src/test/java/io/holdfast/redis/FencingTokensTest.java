package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FencingTokensTest {
    @Test
    void aTokenIsWrittenAsItIsRead() {
        assertThat(FencingTokens.format(FencingTokens.parse("1767225600000-999999")))
                .isEqualTo("1767225600000-999999");
    }

    @Test
    void tokensGrowAsTheirIdsDo() {
        assertThat(FencingTokens.parse("1767225600000-1")).isGreaterThan(FencingTokens.parse("1767225600000-0"));
        assertThat(FencingTokens.parse("1767225600001-0")).isGreaterThan(FencingTokens.parse("1767225600000-999999"));
    }

    @Test
    void theyArePositiveUntilTheYear2248() {
        assertThat(FencingTokens.parse("8773000000000-0")).isPositive();
    }

    @Test
    void aTokenTellsWhenItWasGiven() {
        assertThat(FencingTokens.millis(FencingTokens.parse("1767225600000-17")))
                .isEqualTo(1_767_225_600_000L);
    }
}
