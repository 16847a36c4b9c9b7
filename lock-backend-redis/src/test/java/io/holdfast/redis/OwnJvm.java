package io.holdfast.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;

/** A {@link LockProcess}: a client that can be stopped as a whole, as a virtual machine or a container is. */
final class OwnJvm implements AutoCloseable {
    private final Process process;
    private final Writer to;
    private final BufferedReader from;

    private OwnJvm(Process process) {
        this.process = process;
        this.to = process.outputWriter();
        this.from = process.inputReader();
    }

    static OwnJvm start(String uri, Duration lease) throws IOException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockProcess.class.getName(),
                        uri,
                        String.valueOf(lease.toMillis()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        OwnJvm jvm = new OwnJvm(process);
        jvm.hear("ready");
        return jvm;
    }

    /** Tells it to do something; it answers later. */
    void tell(String command) {
        try {
            to.write(command + "\n");
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its next answer. What it logs goes the same way, and is left out. */
    String hear() {
        try {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                if (!line.contains(" - ")) {
                    return line;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("the process has ended");
    }

    private void hear(String expected) {
        String heard = hear();
        if (!heard.equals(expected)) {
            throw new IllegalStateException("the process says " + heard);
        }
    }

    String ask(String command) {
        tell(command);
        return hear();
    }

    void stop() throws IOException, InterruptedException {
        signal("STOP");
    }

    void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        // The kill of the shell: not every system has a program of that name.
        new ProcessBuilder(List.of("sh", "-c", "kill -" + name + " " + process.pid()))
                .start()
                .waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
