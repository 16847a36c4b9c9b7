package io.holdfast.benchmarks.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredTest {
    private static final long ENOUGH_NANOS = 100_000_000;

    @TempDir
    private Path folder;

    @AfterEach
    void forget() {
        System.clearProperty(Profiling.KIND);
        System.clearProperty(Profiling.FOLDER);
    }

    @Test
    void leavesTheStacksAndAFlameGraphOfWhatRanMeanwhile() throws IOException {
        System.setProperty(Profiling.KIND, ProfileKind.CPU.name());
        System.setProperty(Profiling.FOLDER, folder.resolve("us").toString());

        assertThat(busyTurn()).isGreaterThanOrEqualTo(ENOUGH_NANOS);

        List<Path> files;
        try (Stream<Path> all = Files.list(folder.resolve("us"))) {
            files = all.sorted().toList();
        }
        assertThat(files).hasSize(2);
        assertThat(files.get(0)).asString().contains("many-keys-1-").endsWith(Sampler.STACKS);
        assertThat(Files.readString(files.get(0))).contains("MeasuredTest.busyTurn");
        assertThat(files.get(1)).asString().endsWith(".html");
        assertThat(Files.readString(files.get(1))).contains("many-keys-1-");
    }

    @Test
    void leavesNothingIfNothingIsAskedFor() throws IOException {
        assertThat(busyTurn()).isGreaterThanOrEqualTo(ENOUGH_NANOS);
        assertThat(folder).isEmptyDirectory();
    }

    /** Uses the processor for a while. */
    private static long busyTurn() {
        Measured measured = Measured.begin("many-keys-1");
        long before = Cpu.nanos();
        while (Cpu.nanos() - before < ENOUGH_NANOS) {
            Thread.onSpinWait();
        }
        return measured.end();
    }
}
