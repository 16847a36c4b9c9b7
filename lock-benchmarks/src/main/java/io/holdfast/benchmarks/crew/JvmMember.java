package io.holdfast.benchmarks.crew;

import com.google.gson.Gson;
import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Setup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A JVM that runs {@link CrewMember}. */
final class JvmMember implements Member {
    private static final Gson GSON = new Gson();
    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 10;
    private static final String GONE = "";

    private final Process process;
    private final PrintStream tasks;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private double compiledMillis;
    private double processorMillis;

    JvmMember(Contestant contestant, Setup setup, @Nullable Long leaseMillis, List<String> options, Path log)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx512m",
                "-XX:+UseG1GC",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(setup.arguments());
        command.addAll(options);
        command.add(CrewMember.class.getName());
        command.add(contestant.label());
        if (leaseMillis != null) {
            command.add(leaseMillis.toString());
        }
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        tasks = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "answers of " + contestant.label());
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(line);
            }
        } catch (IOException closed) {
            // Said below, as for a process that has ended.
        }
        answers.add(GONE);
    }

    @Override
    public void awaitReady() throws IOException, InterruptedException {
        String line = answer(START_SECONDS * 1000L);
        if (!line.equals("ready")) {
            throw new IOException("it doesn't start: " + line);
        }
    }

    @Override
    public void send(Task task) {
        tasks.println(GSON.toJson(task));
    }

    @Override
    public Outcome outcome(long limitMillis) throws IOException, InterruptedException {
        Outcome outcome = GSON.fromJson(answer(limitMillis), Outcome.class);
        if (outcome.error() == null) {
            compiledMillis = outcome.value(Outcome.COMPILING);
            processorMillis = outcome.value(Outcome.PROCESSOR);
        }
        return outcome;
    }

    @Override
    public double compiledMillis() {
        return compiledMillis;
    }

    @Override
    public double processorMillis() {
        return processorMillis;
    }

    private String answer(long limitMillis) throws IOException, InterruptedException {
        String line = answers.poll(limitMillis, TimeUnit.MILLISECONDS);
        if (line == null) {
            throw new IOException("it hangs: no answer for " + limitMillis / 1000 + " s");
        }
        if (line.equals(GONE)) {
            throw new IOException("its JVM has ended");
        }
        return line;
    }

    @Override
    public void close() {
        tasks.close();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stop) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void kill() {
        process.destroyForcibly();
    }
}
