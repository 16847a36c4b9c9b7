package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UndertakerTest {
    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM"})
    void nothingIsLeftOfAJvmThatEndsByASignal(String signal) throws IOException {
        Process jvm = start();
        try (BufferedReader output = jvm.inputReader()) {
            List<String> words = output.lines()
                    .filter(line -> line.contains("/"))
                    .filter(line -> Character.isDigit(line.charAt(0)) && !line.contains(":"))
                    .findFirst()
                    .map(line -> List.of(line.split(" ")))
                    .orElseThrow();
            List<ProcessHandle> servers = Stream.of(words.get(0), words.get(1))
                    .map(Long::valueOf)
                    .map(pid -> ProcessHandle.of(pid).orElseThrow())
                    .toList();
            List<Path> folders = List.of(Path.of(words.get(2)), Path.of(words.get(3)));
            assertThat(folders).allMatch(Files::isDirectory);

            ProgramRun.of(List.of("sh", "-c", "kill -" + signal + " " + jvm.pid()))
                    .orThrow();

            Waiting.untilTrue(
                    Duration.ofSeconds(30),
                    "the servers to end",
                    () -> servers.stream().noneMatch(ProcessHandle::isAlive));
            Waiting.untilTrue(
                    Duration.ofSeconds(30),
                    "the folders to go",
                    () -> folders.stream().noneMatch(Files::exists));
        } finally {
            jvm.destroyForcibly();
        }
    }

    private static Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServersAndSleep.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
