package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LateCopiesTest {
    private final LateCopies copies = new LateCopies();

    @Test
    void noCopyIsExpectedOfARequestThatWasAnsweredAtOnce() {
        assertThat(copies.mayCome(1)).isFalse();
    }

    @Test
    void aCopyIsExpectedOnceItHasBeenNoted() {
        copies.add(1, 0);
        assertThat(copies.mayCome(1)).isTrue();
        assertThat(copies.mayCome(2)).isFalse();
    }

    @Test
    void whatIsOldIsForgotten() {
        copies.add(1, 0);
        copies.add(2, LateCopies.MEMORY.toNanos() - 1);
        copies.add(3, LateCopies.MEMORY.toNanos());
        assertThat(copies.mayCome(1)).isFalse();
        assertThat(copies.mayCome(2)).isTrue();
    }
}
