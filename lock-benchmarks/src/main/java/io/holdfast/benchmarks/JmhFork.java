package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.report.Figure;
import io.holdfast.benchmarks.report.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs a JMH scenario, one fork for each contestant, and leaves JMH's own JSON and log beside the report. */
final class JmhFork {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Plan plan;
    private final Path folder;

    JmhFork(Plan plan, Path folder) {
        this.plan = plan;
        this.folder = folder;
    }

    List<Figure> run(int round, Scenario scenario, List<Contestant> contestants) throws RunnerException {
        List<Figure> figures = new ArrayList<>();
        for (RunResult result : new Runner(options(round, scenario, contestants).build()).run()) {
            figures.addAll(figures(round, scenario, result));
        }
        return figures;
    }

    private ChainedOptionsBuilder options(int round, Scenario scenario, List<Contestant> contestants) {
        String file = folder.resolve("jmh-" + scenario.label() + "-" + round).toString();
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\." + scenario.code().getSimpleName() + "\\.")
                .param("contestant", contestants.stream().map(Contestant::name).toArray(String[]::new))
                .mode(Mode.Throughput)
                .forks(1)
                // Compiled in the foreground: on a busy machine the background would still be at it while this
                // measures.
                .jvmArgs("-Xms2g", "-Xmx2g", "-XX:+UseG1GC", "-Xbatch")
                .warmupIterations(plan.warmUps())
                .warmupTime(TimeValue.milliseconds(plan.iterationMillis()))
                .measurementIterations(plan.iterations())
                .measurementTime(TimeValue.milliseconds(plan.iterationMillis()))
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuTimeProfiler.class)
                // A contestant that doesn't exclude ends the run.
                .shouldFailOnError(true)
                .output(file + ".log")
                .resultFormat(ResultFormatType.JSON)
                .result(file + ".json");
        if (scenario == Scenario.HELD_LOCKS) {
            options.param("held", plan.heldLocks().stream().map(String::valueOf).toArray(String[]::new));
        }
        return options;
    }

    private static List<Figure> figures(int round, Scenario scenario, RunResult result) {
        String contestant =
                Contestant.valueOf(result.getParams().getParam("contestant")).label();
        String held = result.getParams().getParam("held");
        String suffix = held == null ? "" : String.format(Locale.ROOT, " with %,d held", Integer.parseInt(held));
        Map<Metric, Result<?>> results = new LinkedHashMap<>();
        results.put(Metric.moreIsBetter("acquire and release" + suffix, "pairs/s"), result.getPrimaryResult());
        results.put(
                Metric.lessIsBetter("processor time" + suffix, "ns/pair"),
                result.getSecondaryResults().get(CpuTimeProfiler.LABEL));
        results.put(
                Metric.lessIsBetter("allocated" + suffix, "B/pair"),
                result.getSecondaryResults().get(ALLOCATED));
        List<Figure> figures = new ArrayList<>();
        results.forEach((metric, score) ->
                figures.add(new Figure(round, scenario.label(), contestant, metric, score.getScore())));
        return figures;
    }
}
