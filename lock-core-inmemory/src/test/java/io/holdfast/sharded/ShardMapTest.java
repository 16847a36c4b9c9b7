package io.holdfast.sharded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShardMapTest {
    private static final ShardMap UNEQUAL = ShardMap.ofWeights(Map.of("east", 1, "north", 1, "west", 2));
    private static final int NAMES = 200_000;

    /** The vectors in the documentation, computed by a program in another language. */
    @Test
    void theHashIsTheDocumentedOne() {
        assertThat(StableHash.ofText("orders/42")).isEqualTo(0xa62399f64f6961dfL);
        assertThat(StableHash.mix(StableHash.ofText("east#0"))).isEqualTo(0x4fe621fdcaa879b0L);
        assertThat(UNEQUAL.shardOf("orders/42")).isEqualTo("west");
        assertThat(UNEQUAL.shardOf("a")).isEqualTo("north");
        assertThat(UNEQUAL.shardOf("Z\u00fcrich")).isEqualTo("west");
        assertThat(UNEQUAL.shardOf("\u6771\u4eac")).isEqualTo("west");
        assertThat(UNEQUAL.shardOf("\ud83d\udd12")).isEqualTo("west");
        assertThat(IntStream.range(0, 6).mapToObj(i -> UNEQUAL.shardOf("job-" + i)))
                .containsExactly("west", "west", "east", "west", "west", "east");
    }

    @Test
    void allOfUnicodeIsHashedAsItsUtf8() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                String text = Character.toString(codePoint);
                assertThat(StableHash.ofText(text)).isEqualTo(fnv(text));
            }
        }
    }

    private static long fnv(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (unit & 0xFF)) * 0x100000001b3L;
        }
        return hash;
    }

    @Test
    void theOrderInWhichShardsAreNamedDoesNotMatter() {
        ShardMap one = ShardMap.of("a", "b", "c");
        ShardMap other = ShardMap.of("c", "a", "b");

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(names().filter(name -> !one.shardOf(name).equals(other.shardOf(name))))
                .isEmpty();
    }

    @Test
    void sharesAreInProportionToTheWeights() {
        Map<String, Integer> counts = new HashMap<>();
        names().forEach(name -> counts.merge(UNEQUAL.shardOf(name), 1, Integer::sum));

        assertThat(counts.get("west") / (double) NAMES).isBetween(0.495, 0.505);
        assertThat(counts.get("east") / (double) NAMES).isBetween(0.245, 0.255);
    }

    @Test
    void aNewShardTakesItsShareAndNothingElseMoves() {
        ShardMap before = ShardMap.of("a", "b", "c");
        ShardMap after = ShardMap.of("a", "b", "c", "d");

        long moved = names().filter(name -> !before.shardOf(name).equals(after.shardOf(name)))
                .peek(name -> assertThat(after.shardOf(name)).isEqualTo("d"))
                .count();
        assertThat(moved / (double) NAMES).isBetween(0.245, 0.255);
    }

    @Test
    void aGreaterWeightTakesItsShareAndNothingElseMoves() {
        // One ticket of five now, of which a quarter wins what was east's before.
        ShardMap after = ShardMap.ofWeights(Map.of("east", 2, "north", 1, "west", 2));

        long moved = names().filter(name -> !UNEQUAL.shardOf(name).equals(after.shardOf(name)))
                .peek(name -> assertThat(after.shardOf(name)).isEqualTo("east"))
                .count();
        assertThat(moved / (double) NAMES).isBetween(0.145, 0.155);
    }

    @Test
    void theShareOfARemovedShardSpreadsOverTheRest() {
        ShardMap before = ShardMap.of("a", "b", "c", "d");
        ShardMap after = ShardMap.of("a", "b", "c");
        Map<String, Integer> heirs = new HashMap<>();
        names().filter(name -> !before.shardOf(name).equals(after.shardOf(name)))
                .peek(name -> assertThat(before.shardOf(name)).isEqualTo("d"))
                .forEach(name -> heirs.merge(after.shardOf(name), 1, Integer::sum));

        assertThat(heirs)
                .hasSize(3)
                .allSatisfy((heir, count) -> assertThat(count / (double) NAMES).isBetween(0.08, 0.0867));
    }

    @Test
    void badShardsAreRefused() {
        assertThatThrownBy(ShardMap::of).hasMessage("there must be at least one shard");
        assertThatThrownBy(() -> ShardMap.of("a", "a")).hasMessage("there are two shards with the name 'a'");
        assertThatThrownBy(() -> ShardMap.of("a b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ShardMap.of("-a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ShardMap.of("a".repeat(65))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ShardMap.ofWeights(Map.of("a", 0)))
                .hasMessage("weight of shard 'a' must be from 1 to 100, but was 0");
        assertThatThrownBy(() -> ShardMap.ofWeights(Map.of("a", 101))).isInstanceOf(IllegalArgumentException.class);
        String[] tooMany = IntStream.rangeClosed(0, 1024).mapToObj(i -> "s" + i).toArray(String[]::new);
        assertThatThrownBy(() -> ShardMap.of(tooMany)).hasMessage("there must be at most 1024 shards");
    }

    private static Stream<String> names() {
        SplittableRandom random = new SplittableRandom(1);
        return IntStream.range(0, NAMES)
                .mapToObj(i -> i % 2 == 0 ? "orders/" + i : Long.toHexString(random.nextLong()));
    }
}
