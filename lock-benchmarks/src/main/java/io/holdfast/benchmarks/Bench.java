package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.report.Environment;
import io.holdfast.benchmarks.report.Figure;
import io.holdfast.benchmarks.report.Report;
import io.holdfast.benchmarks.report.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures the chosen scenarios and contestants, writes a report and prints it. */
@Command(
        name = "./bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures Holdfast in memory next to what one would use in its place.")
@SuppressWarnings("NullAway.Init")
public final class Bench implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--quick",
            description = "One short round of holdfast and its two measures: a first look (the default).")
    private boolean quick;

    @Option(names = "--full", description = "Five rounds of everybody, for figures to publish.")
    private boolean full;

    @Option(names = "--rounds", paramLabel = "N", description = "How often each contestant has its turn.")
    private @Nullable Integer rounds;

    @Option(names = "--out", paramLabel = "DIR", description = "Where to leave the JSON.")
    private Path folder = Path.of("bench-results");

    @Option(names = "--virtual-jdk", paramLabel = "DIR", description = "Home of a JDK that has virtual threads.")
    private @Nullable Path virtualJdk;

    @Option(names = "--commit", hidden = true, description = "What is measured.")
    private String commit = "unknown";

    @Parameters(
            paramLabel = "NAME",
            description = {
                "Scenarios and contestants to measure; without any of a kind, as the options say.",
                "Scenarios: uncontended, many-keys, contended, held-locks, fairness, held-locks-memory, expiry-lateness,"
                        + " virtual-thread-waiters.",
                "Contestants: holdfast, reentrant-lock, fair-reentrant-lock, striped, shedlock, caffeine,"
                        + " map-and-timer."
            })
    private List<String> names = new ArrayList<>();

    /**
     * Begins here.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Plan plan = full && !quick ? Plan.full() : Plan.quick();
        if (rounds != null) {
            plan = plan.withRounds(rounds);
        }
        Selection selection = selection(plan);
        Files.createDirectories(folder);
        VirtualThreadJdk jdk = VirtualThreadJdk.find(virtualJdk);
        Environment environment = Environment.here(
                jdk.version(),
                commit,
                String.join(" ", spec.commandLine().getParseResult().originalArgs()));
        System.out.println(environment.summary());
        measure(selection, plan, jdk, environment);
        return 0;
    }

    private Selection selection(Plan plan) {
        try {
            return Selection.of(names, plan.contestants());
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), String.valueOf(unknown.getMessage()), unknown);
        }
    }

    private void measure(Selection selection, Plan plan, VirtualThreadJdk jdk, Environment environment)
            throws Exception {
        Path file = folder.resolve("report.json");
        List<Figure> figures = new ArrayList<>();
        Rounds runner = new Rounds(plan, folder, jdk);
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Scenario scenario : selection.scenarios()) {
                List<Contestant> contestants = selection.contestants(scenario, round);
                System.out.printf("round %d of %d: %s%n", round, plan.rounds(), scenario.label());
                figures.addAll(runner.run(round, scenario, contestants));
                // After each scenario, so that a run that is cut short leaves what it has.
                new Report(environment, figures).write(file);
            }
        }
        System.out.print(Table.of(figures, Contestant.HOLDFAST.label()));
        System.out.printf("%nFigures: %s%n", file);
    }
}
