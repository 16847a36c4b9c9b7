package io.holdfast.etcd;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that holds a lock until it is told to release it; it can be stopped where it is. */
final class HoldingProcess implements AutoCloseable {
    /** Longer than a busy machine needs for a JVM's first steps. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final BufferedReader output;

    private HoldingProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Has a lock acquired, which is renewed from then on.
     *
     * @param uri where etcd is
     */
    static HoldingProcess start(String uri, String resource, Duration lease) {
        List<String> command = List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                HoldingProcess.class.getName(),
                uri,
                resource,
                lease.toString());
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new HoldingProcess(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it says next that begins with a word, without that word. */
    String await(String word) throws IOException {
        List<String> others = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(word + " ")) {
                return line.substring(word.length() + 1);
            }
            others.add(line);
        }
        throw new IOException("the process has ended; it said " + others);
    }

    /** Has it close its handle, whatever has become of the hold. */
    void release() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IOException("the process can't be sent " + name);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /**
     * Holds.
     *
     * @param arguments as {@link #start} makes them
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        LockOptions options = LockOptions.defaults().withLease(Duration.parse(arguments[2]));
        try (DistributedLock locks = EtcdLocks.builder()
                .endpoints(arguments[0])
                .answerTimeout(PATIENCE)
                .connect()) {
            LockHandle hold = locks.acquire(arguments[1], "holding process", Duration.ofMinutes(1), options);
            hold.onLost(lost -> say("lost", hold.isValid()));
            say("holds", hold.fencingToken());
            new InputStreamReader(System.in, StandardCharsets.UTF_8).read();
            say("valid", hold.isValid());
            hold.close();
            say("released", locks.release(arguments[1], "holding process"));
        }
    }

    private static void say(String word, Object value) {
        System.out.println(word + " " + value);
        System.out.flush();
    }
}
