package io.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
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
}
