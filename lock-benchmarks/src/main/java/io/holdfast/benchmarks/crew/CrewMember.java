package io.holdfast.benchmarks.crew;

import com.google.gson.Gson;
import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.contestants.Setup;
import io.holdfast.benchmarks.profile.Cpu;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One JVM of a crew: it reads a task from a line of its input and answers with a line that tells the outcome. */
public final class CrewMember {
    private static final Gson GSON = new Gson();
    private static final double NANOS_PER_MILLI = 1e6;

    private CrewMember() {}

    /**
     * The JVM begins here.
     *
     * @param args the contestant's name, and the lease in milliseconds if holds are to be renewed
     * @throws IOException if the coordinator has gone
     */
    public static void main(String[] args) throws IOException {
        // Straight from and to the coordinator: what a library prints must not get between its lines.
        PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        Setup given = Setup.ofThisJvm();
        Setup setup = args.length > 1 ? given.renewing(Duration.ofMillis(Long.parseLong(args[1]))) : given;
        int status = 0;
        try (BufferedReader tasks = new BufferedReader(
                        new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
                NamedLocks<?> locks = Contestant.of(args[0]).open(setup)) {
            // What a contestant opens for its first lock isn't the price of a lock.
            locks.guard("first", "client-" + ProcessHandle.current().pid(), () -> {});
            answers.println("ready");
            for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
                answers.println(GSON.toJson(run(locks, GSON.fromJson(line, Task.class))));
            }
        } catch (RuntimeException | InterruptedException | Error unusable) {
            answers.println(unusable);
            status = 1;
        }
        // A contestant may leave a thread behind that isn't a daemon.
        System.exit(status);
    }

    private static Outcome run(NamedLocks<?> locks, Task task) {
        try {
            Outcome outcome = task.job().create().run(locks, task);
            return outcome.with(
                            Outcome.COMPILING,
                            ManagementFactory.getCompilationMXBean().getTotalCompilationTime())
                    .with(Outcome.PROCESSOR, Cpu.nanos() / NANOS_PER_MILLI);
        } catch (Exception | Error failure) {
            return Outcome.failed(failure);
        }
    }
}
