package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.profile.Profiling;
import io.holdfast.benchmarks.programs.Program;
import io.holdfast.benchmarks.report.Environment;
import io.holdfast.benchmarks.report.Figure;
import io.holdfast.benchmarks.report.Metric;
import io.holdfast.benchmarks.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Runs a program for one contestant in a JVM of its own, which leaves its figures in a file. */
public final class ProgramFork {
    private static final int LIMIT_MINUTES = 3;

    private final Path folder;
    private final Profiling profiling;

    ProgramFork(Path folder, Profiling profiling) {
        this.folder = folder;
        this.profiling = profiling;
    }

    Map<Metric, Double> run(String java, int round, Scenario scenario, Contestant contestant)
            throws IOException, InterruptedException {
        Path file = folder.resolve(scenario.label() + "-" + contestant.label() + "-" + round + ".json");
        List<String> command = new ArrayList<>(List.of(java, "-Xms4g", "-Xmx4g", "-XX:+UseG1GC"));
        command.addAll(profiling.options(contestant.label(), scenario.label(), round));
        Collections.addAll(
                command,
                "-cp",
                System.getProperty("java.class.path"),
                ProgramFork.class.getName(),
                scenario.name(),
                contestant.name(),
                Integer.toString(round),
                file.toString());
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException("it hangs");
        }
        if (process.exitValue() != 0) {
            throw new IOException("its JVM ended with " + process.exitValue());
        }
        Map<Metric, Double> figures = new LinkedHashMap<>();
        Report.read(file).figures().forEach(figure -> figures.put(figure.metric(), figure.value()));
        return figures;
    }

    /**
     * The JVM that was forked begins here.
     *
     * @param args scenario, contestant, round, file
     * @throws Exception if the scenario fails
     */
    public static void main(String[] args) throws Exception {
        Scenario scenario = Scenario.valueOf(args[0]);
        Contestant contestant = Contestant.valueOf(args[1]);
        int round = Integer.parseInt(args[2]);
        Program program = (Program) Objects.requireNonNull(scenario.memory())
                .getDeclaredConstructor()
                .newInstance();
        List<Figure> figures = new ArrayList<>();
        program.measure(contestant)
                .forEach((metric, value) ->
                        figures.add(new Figure(round, scenario.label(), contestant.label(), metric, value)));
        new Report(Environment.here("none", "unknown", String.join(" ", args), Map.of()), figures, List.of())
                .write(Path.of(args[3]));
        // A contestant may leave a thread behind that isn't a daemon.
        System.exit(0);
    }
}
