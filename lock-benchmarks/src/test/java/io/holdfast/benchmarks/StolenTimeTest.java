package io.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StolenTimeTest {
    @TempDir
    Path folder;

    @Test
    void isThePartOfAllProcessorTimeSinceTheBeginning() throws IOException {
        Path counters = folder.resolve("stat");
        Files.writeString(counters, "cpu  100 10 50 1000 5 0 5 500 7 7\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        StolenTime stolen = new StolenTime(counters);
        assertThat(stolen.share()).isZero();

        Files.writeString(counters, "cpu  130 20 60 1025 5 0 5 525 9 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        assertThat(stolen.share()).isEqualTo(0.25, offset(1e-9));
    }

    @Test
    void isNoneWhereNobodyCountsIt() throws IOException {
        assertThat(new StolenTime(folder.resolve("missing")).share()).isZero();
        Path other = folder.resolve("other");
        Files.writeString(other, "something else\n");
        assertThat(new StolenTime(other).share()).isZero();
    }
}
