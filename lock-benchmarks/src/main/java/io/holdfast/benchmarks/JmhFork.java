package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.profile.Profiling;
import io.holdfast.benchmarks.profile.SamplingProfiler;
import io.holdfast.benchmarks.report.Metric;
import io.holdfast.benchmarks.report.Metrics;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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

/** Runs a JMH scenario for one contestant in a fresh JVM, and leaves JMH's own JSON and log beside the report. */
final class JmhFork {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Plan plan;
    private final Path folder;
    private final Profiling profiling;

    JmhFork(Plan plan, Path folder, Profiling profiling) {
        this.plan = plan;
        this.folder = folder;
        this.profiling = profiling;
    }

    Map<Metric, Double> run(int round, Scenario scenario, Contestant contestant) throws RunnerException {
        Map<Metric, Double> figures = new LinkedHashMap<>();
        for (RunResult result : new Runner(options(round, scenario, contestant).build()).run()) {
            put(figures, result, scenario == Scenario.RENEWAL ? "heartbeat" : "pair");
        }
        return figures;
    }

    private ChainedOptionsBuilder options(int round, Scenario scenario, Contestant contestant) {
        String file = folder.resolve("jmh-" + scenario.label() + "-" + contestant.label() + "-" + round)
                .toString();
        ChainedOptionsBuilder options = new OptionsBuilder();
        List<String> sampling = profiling.options(contestant.label(), scenario.label(), round);
        if (!sampling.isEmpty()) {
            // The first to begin and the last to end: the others don't count what it does.
            options.jvmArgsAppend(sampling.toArray(String[]::new)).addProfiler(SamplingProfiler.class);
        }
        options.include("\\." + Objects.requireNonNull(scenario.memory()).getSimpleName() + "\\.")
                .param("contestant", contestant.name())
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
                // A contestant that doesn't exclude has no figures.
                .shouldFailOnError(true)
                .output(file + ".log")
                .resultFormat(ResultFormatType.JSON)
                .result(file + ".json");
        if (scenario == Scenario.HELD_LOCKS) {
            options.param("held", plan.heldLocks().stream().map(String::valueOf).toArray(String[]::new));
        }
        return options;
    }

    private static void put(Map<Metric, Double> figures, RunResult result, String operation) {
        String held = result.getParams().getParam("held");
        Map<Metric, Result<?>> results = new LinkedHashMap<>();
        boolean pairs = operation.equals("pair");
        results.put(pairs ? Metrics.PAIRS : Metrics.HEARTBEATS, result.getPrimaryResult());
        results.put(
                pairs ? Metrics.CLIENT_CPU : Metric.lessIsBetter("processor time of a heartbeat", "ns"),
                result.getSecondaryResults().get(CpuTimeProfiler.LABEL));
        results.put(
                Metric.lessIsBetter("allocated", "B/" + operation),
                result.getSecondaryResults().get(ALLOCATED));
        results.forEach((metric, score) -> figures.put(sized(metric, held), score.getScore()));
    }

    private static Metric sized(Metric metric, @Nullable String held) {
        return held == null ? metric : Metrics.with(metric, Integer.parseInt(held), "held");
    }
}
