package io.holdfast.conformance.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Hammers one store from several JVMs, one of which is killed in the middle and followed by another. Their journals
 * make one history, because the processes of one Linux machine read the same monotonic clock.
 */
public final class HammerFleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Class<? extends Connector> connector;
    private final String address;
    private final HammerPlan plan;
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final List<Path> journals = new ArrayList<>();
    private final Thread endWithThisProcess = new Thread(this::kill);

    /**
     * Prepares a fleet.
     *
     * @param connector connects each JVM to the store; on this JVM's class path
     * @param address where the store is
     * @param plan what each JVM does; its crashes are left out, since here real processes are killed
     * @param folder where the journals go
     */
    public HammerFleet(Class<? extends Connector> connector, String address, HammerPlan plan, Path folder) {
        this.connector = connector;
        this.address = address;
        this.plan = plan;
        this.folder = folder;
        Runtime.getRuntime().addShutdownHook(endWithThisProcess);
    }

    /**
     * Runs the fleet to its end.
     *
     * @param size how many JVMs hammer at a time
     * @return the calls of all of them
     * @throws IOException if a JVM can't be started or a journal can't be read
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public List<Call> run(int size) throws IOException, InterruptedException {
        for (int i = 0; i < size; i++) {
            start();
        }
        for (Path journal : List.copyOf(journals)) {
            awaitFirstCall(journal);
        }
        TimeUnit.NANOSECONDS.sleep(plan.duration().toNanos() / 2);
        processes.get(0).destroyForcibly();
        start();
        for (Process process : processes.subList(1, processes.size())) {
            if (!process.waitFor(PATIENCE.plus(plan.duration()).toNanos(), TimeUnit.NANOSECONDS)
                    || process.exitValue() != 0) {
                throw new IllegalStateException("a hammering process failed, see " + folder);
            }
        }
        List<Call> calls = new ArrayList<>();
        for (Path journal : journals) {
            if (Files.exists(journal)) {
                calls.addAll(Journal.read(Files.readAllLines(journal)));
            }
        }
        return calls;
    }

    private void start() throws IOException {
        String name = "jvm" + processes.size() + "-";
        Path journal = folder.resolve(name + "journal.txt");
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(HammerProcess.arguments(name, connector, address, plan, journal));
        journals.add(journal);
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + "output.txt").toFile())
                .start());
    }

    /** On a busy machine a JVM takes long to start; one that was killed before it did anything would show nothing. */
    private static void awaitFirstCall(Path journal) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!Files.exists(journal) || Files.size(journal) == 0) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IllegalStateException("a hammering process does nothing, see " + journal.getParent());
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void kill() {
        processes.forEach(Process::destroyForcibly);
    }

    /** Kills what still runs. */
    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(endWithThisProcess);
    }
}
