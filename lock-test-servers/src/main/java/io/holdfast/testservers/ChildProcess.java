package io.holdfast.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One process that this JVM has started, with what it says in a file. It ends with the JVM at the latest. */
final class ChildProcess implements AutoCloseable {
    private static final int LAST_LINES = 30;
    private static final int ATTEMPTS = 100;

    private final Process process;
    private final Path log;

    private ChildProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a process.
     *
     * @param command the program and its arguments
     * @param environment what to add to this JVM's environment
     * @param folder where it runs
     * @param log the file that gets all it says
     * @return the process
     * @throws ServerStartException if the program can't be started
     */
    static ChildProcess start(List<String> command, Map<String, String> environment, Path folder, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        try {
            Process process = start(builder);
            Folders.UNDERTAKER.watch(process);
            process.getOutputStream().close();
            return new ChildProcess(process, log);
        } catch (IOException e) {
            throw new ServerStartException(command.get(0) + " can't be started", e);
        }
    }

    /**
     * A program that was just written can't be run while another thread's new child still has the file open, which it
     * inherited and closes in a moment.
     */
    private static Process start(ProcessBuilder builder) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return builder.start();
            } catch (IOException e) {
                if (attempt == ATTEMPTS
                        || !e.toString().toLowerCase(Locale.ROOT).contains("text file busy")) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Stops the process where it is, until {@link #resume}: it keeps its memory and its connections, and does nothing. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    /** Asks the process to end, and waits for it. */
    void stop() {
        process.destroy();
        awaitEnd();
    }

    /** Ends the process at once, as kill -9 does, also a paused one, and waits for it: and for those that it made, which may be writing files. */
    void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        awaitEnd();
        children.forEach(child -> child.onExit().join());
    }

    /**
     * Waits for the process to end by itself.
     *
     * @param timeLimit how long to wait
     * @return how it ended; 0 if all went well
     * @throws ServerStartException if it still runs after that
     */
    int await(Duration timeLimit) {
        try {
            if (!process.waitFor(timeLimit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new ServerStartException("still running after " + timeLimit + ":\n" + lastLines());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerStartException("interrupted while a program ran", e);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }

    String output() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String lastLines() {
        List<String> lines = output().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    private void awaitEnd() {
        process.onExit().join();
        Folders.UNDERTAKER.forget(process);
    }

    private void signal(String name) {
        if (!isRunning()) {
            throw new IllegalStateException("the process has ended");
        }
        // The kill of the shell: not every system has a program of that name.
        ProgramRun.of(List.of("sh", "-c", "kill -" + name + " " + pid())).orThrow();
    }
}
