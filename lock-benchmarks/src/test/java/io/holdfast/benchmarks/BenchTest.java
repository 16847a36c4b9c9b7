package io.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchTest {
    private final StringWriter printed = new StringWriter();

    private int run(String... arguments) {
        CommandLine bench = Bench.commandLine();
        bench.setOut(new PrintWriter(printed)).setErr(new PrintWriter(printed));
        return bench.execute(arguments);
    }

    @Test
    void helpTellsWhereDataCanBe() {
        assertThat(run("--help")).isZero();
        assertThat(printed.toString()).contains("--etcd-data=disk|memory");
    }

    @Test
    void anotherPlaceForDataIsRefused() {
        assertThat(run("--etcd-data", "tape", "etcd")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(printed.toString()).contains("--etcd-data").contains("tape");
    }

    @Test
    void theDataOfAnEtcdThatRunsAlreadyAreWhereTheyAre() {
        assertThat(run("--etcd-data", "memory", "--etcd", "127.0.0.1:1", "etcd"))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(printed.toString()).contains("--etcd names runs already");
    }

    @Test
    void anotherProfileIsRefused() {
        assertThat(run("--profile", "dreams", "memory")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(printed.toString()).contains("--profile").contains("dreams");
    }

    @Test
    void aRunWithNothingToPlayIsRefusedAndLeavesTheLastOneAlone(@TempDir Path folder) throws IOException {
        Path last = Files.writeString(folder.resolve("turns.jsonl"), "the last run");
        assertThat(runTo(folder, "memory", "wake-up")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(printed.toString()).contains("nothing to measure");
        assertThat(runTo(folder, "--rounds", "0")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(printed.toString()).contains("--rounds: at least one, not 0");
        assertThat(runTo(folder, "--quick", "--full")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(printed.toString()).contains("either --quick or --full");
        assertThat(runTo(folder, "--virtual-jdk", folder.toString())).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(printed.toString()).contains("--virtual-jdk: there is no JDK in " + folder);
        assertThat(last).hasContent("the last run");
    }

    @Test
    void aJdkWithoutVirtualThreadsIsRefused(@TempDir Path folder) throws IOException {
        for (String version : List.of("17.0.15", "1.8.0_392")) {
            Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
            assertThat(runTo(folder, "--virtual-jdk", folder.toString())).isEqualTo(CommandLine.ExitCode.USAGE);
            assertThat(printed.toString()).contains("Java " + version).contains("it takes 21");
        }
    }

    @Test
    void docsAreNotWrittenOfNothing(@TempDir Path folder) {
        assertThat(runTo(folder, "--write-docs")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(printed.toString()).contains("there is no run in " + folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--redis | 10.0.0.7:6379 | should be redis://host:port",
                "--redis | redis://10.0.0.7 | should be redis://host:port",
                "--redis | redis://:secret@10.0.0.7:6379 | should be redis://host:port",
                "--redis-cluster | 10.0.0.7:7000,10.0.0.8 | should be host:port",
                "--etcd | http://10.0.0.8:2379 | should be host:port",
                "--etcd | 127.0.0.1:1 | nobody answers at 127.0.0.1:1",
                "--redis | redis://127.0.0.1:1 | nobody answers at 127.0.0.1:1",
            })
    void anAddressThatIsNoneOrWhereNobodyAnswersIsRefused(
            String option, String address, String why, @TempDir Path folder) {
        assertThat(runTo(folder, option, address)).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(printed.toString()).contains(option + ": ").contains(why);
    }

    private int runTo(Path folder, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--caller", folder.getParent().toString(), "--out", String.valueOf(folder.getFileName())));
        return run(all.toArray(String[]::new));
    }
}
