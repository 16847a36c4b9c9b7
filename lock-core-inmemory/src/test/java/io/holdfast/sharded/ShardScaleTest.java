package io.holdfast.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How evenly many names spread over many shards, how many move when a shard is added. */
class ShardScaleTest {
    private static final int SHARDS = 64;

    @Test
    void aHundredThousandNamesSpreadAndMove() throws IOException {
        measure(100_000, 0.1);
    }

    @Test
    @Tag("long")
    void tenMillionNamesSpreadAndMove() throws IOException {
        measure(10_000_000, 0.01);
    }

    private static void measure(int names, double tolerance) throws IOException {
        ShardMap before = shards(SHARDS);
        ShardMap after = shards(SHARDS + 1);
        int[] counts = new int[SHARDS];
        int moved = 0;
        int strayed = 0;
        for (int i = 0; i < names; i++) {
            String name = "orders/" + i;
            int shard = before.indexOf(name);
            counts[shard]++;
            String now = after.shardOf(name);
            if (!now.equals(before.shards().get(shard))) {
                moved++;
                strayed += now.equals(after.shards().get(SHARDS)) ? 0 : 1;
            }
        }
        double mean = names / (double) SHARDS;
        double least = IntStream.of(counts).min().orElseThrow() / mean;
        double most = IntStream.of(counts).max().orElseThrow() / mean;
        Path report = Path.of("target", "shards-" + names + ".txt");
        Files.createDirectories(report.getParent());
        Files.writeString(
                report,
                String.format(
                        Locale.ROOT,
                        "%d names, %d shards: smallest %.4f, largest %.4f of the mean; one more shard moves %.4f%% (ideal %.4f%%),"
                                + " %d between others%n",
                        names,
                        SHARDS,
                        least,
                        most,
                        100.0 * moved / names,
                        100.0 / (SHARDS + 1),
                        strayed));
        assertThat(least).isGreaterThan(1 - tolerance);
        assertThat(most).isLessThan(1 + tolerance);
        assertThat(strayed).isZero();
        assertThat(moved * (SHARDS + 1.0) / names).isBetween(1 - tolerance, 1 + tolerance);
    }

    private static ShardMap shards(int count) {
        return ShardMap.of(IntStream.range(0, count)
                .mapToObj(i -> String.format(Locale.ROOT, "shard-%03d", i))
                .toArray(String[]::new));
    }
}
