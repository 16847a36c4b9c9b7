package io.holdfast.benchmarks.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.benchmarks.report.Figure;
import io.holdfast.benchmarks.report.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilesTest {
    private static final List<Figure> FIGURES =
            List.of(new Figure(1, "many-keys", "holdfast-redis", Metrics.CLIENT_CPU, 20_000));

    @TempDir
    private Path folder;

    private void profile(String contestant, String turn, String... stacks) throws IOException {
        Path file = folder.resolve(contestant).resolve(turn + Sampler.STACKS);
        Files.createDirectories(file.getParent());
        Files.write(file, List.of(stacks));
    }

    private String summary(ProfileKind kind) throws IOException {
        return Files.readString(Profiles.write(new Profiling(kind, folder), FIGURES));
    }

    @Test
    void sumsUpTheTurnsOfAScenario() throws IOException {
        profile("holdfast-redis", "many-keys-1-77-4-1", "io/holdfast/A.b 1", "redis/clients/C.d 1");
        profile("holdfast-redis", "many-keys-2-78-4-2", "io/holdfast/A.b 2");
        profile("redisson", "many-keys-1-79-5-1", "org/redisson/E.f 5");

        assertThat(summary(ProfileKind.CPU))
                .contains("## Redis: many-keys")
                .contains("| share of the processor time | holdfast-redis | redisson |")
                .contains("| Holdfast | 75 % (15.00 µs) | 0 % |")
                .contains("| Jedis | 25 % (5.00 µs) | 0 % |")
                .contains("| Redisson | 0 % (0.00 µs) | 100 % |")
                .contains("| 75.0 % | `io.holdfast.A.b` |");
    }

    @Test
    void familiesAreNotComparedWithEachOther() throws IOException {
        profile("holdfast", "uncontended-1-4-1", "io/holdfast/A.b 1");
        profile("holdfast-etcd", "uncontended-1-77-4-1", "io/holdfast/A.b 1");

        assertThat(summary(ProfileKind.CPU))
                .contains("## In memory: uncontended\n\n| share of the processor time | holdfast |\n")
                .contains("## etcd: uncontended\n\n| share of the processor time | holdfast-etcd |\n");
    }

    @Test
    void allocationsAreNoProcessorTime() throws IOException {
        profile("holdfast-redis", "many-keys-1-77-4-1", "io/holdfast/A.b;byte[]_[i] 4096");

        assertThat(summary(ProfileKind.ALLOC))
                .contains("| share of the allocated bytes | holdfast-redis |")
                .contains("| Holdfast | 100 % |");
    }

    @Test
    void withoutProfilesThereIsNothingToSumUp() {
        assertThatThrownBy(() -> Profiles.write(new Profiling(null, folder), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nothing was sampled");
    }

    @Test
    void anEarlierRunsProfilesAreNotSummedUpWithTheNewOnes() throws IOException {
        Profiling first = Profiling.of(ProfileKind.CPU, folder, false);
        Path old = Files.createFile(first.folder().resolve("old"));

        Profiling.of(ProfileKind.CPU, folder, true);
        assertThat(old).exists();
        Profiling.of(ProfileKind.ALLOC, folder, false);
        assertThat(old).exists();
        Profiling.of(ProfileKind.CPU, folder, false);
        assertThat(old).doesNotExist();
    }
}
