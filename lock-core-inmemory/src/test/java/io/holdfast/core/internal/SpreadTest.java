package io.holdfast.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpreadTest {
    private static final int NAMES = 64_000;
    private static final int BUCKETS = 64;

    @ParameterizedTest
    @ValueSource(strings = {"orders/%d", "%d", "%d/lines", "user:%x:session", "%032d", "job-%o-of-night"})
    void countedNamesAreSpreadEvenly(String pattern) {
        List<String> names =
                IntStream.range(0, NAMES).mapToObj(pattern::formatted).toList();
        assertEven(names, name -> Spread.stripe(name, BUCKETS));
        for (int shift = 0; shift + 6 <= Integer.SIZE; shift += 5) {
            int bits = shift;
            assertEven(names, name -> Spread.hash(name) >>> bits & BUCKETS - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders/%d", "user:%x:session"})
    void namesOfOneStripeAreSpreadEvenlyInsideIt(String pattern) {
        int[] counts = new int[16];
        IntStream.range(0, NAMES)
                .mapToObj(pattern::formatted)
                .filter(name -> Spread.stripe(name, BUCKETS) == 7)
                .forEach(name -> counts[Spread.hash(name) & 15]++);
        assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThan(NAMES / BUCKETS / 16 / 2);
    }

    /** Chance alone deviates by less than five times the square root of what is expected. */
    private static void assertEven(List<String> names, ToIntFunction<String> bucketOf) {
        int[] counts = new int[BUCKETS];
        names.forEach(name -> counts[bucketOf.applyAsInt(name)]++);
        double expected = (double) NAMES / BUCKETS;
        double tolerance = 5 * Math.sqrt(expected);
        assertThat(Arrays.stream(counts).asDoubleStream().boxed())
                .allSatisfy(count -> assertThat(count).isBetween(expected - tolerance, expected + tolerance));
    }
}
