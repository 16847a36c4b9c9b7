package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.crew.CrewScenario;
import io.holdfast.benchmarks.crew.Crews;
import io.holdfast.benchmarks.profile.Profiling;
import io.holdfast.benchmarks.report.Metric;
import io.holdfast.benchmarks.servers.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Goes through the turns of a run. One that fails costs its own figures and nobody else's. One in which others on the same hardware took
 * much of the machine is played again: it would measure them.
 */
final class Run {
    private static final double MOST_STOLEN = 0.05;
    private static final int MOST_TRIES = 3;

    private final Plan plan;
    private final Servers servers;
    private final Path folder;
    private final VirtualThreadJdk virtualThreadJdk;
    private final Profiling profiling;
    private final JmhFork jmh;
    private final ProgramFork programs;

    Run(Plan plan, Servers servers, Path folder, VirtualThreadJdk virtualThreadJdk, Profiling profiling) {
        this.plan = plan;
        this.servers = servers;
        this.folder = folder;
        this.virtualThreadJdk = virtualThreadJdk;
        this.profiling = profiling;
        this.jmh = new JmhFork(plan, folder, profiling);
        this.programs = new ProgramFork(folder, profiling);
    }

    /** What is done now and then, so that a run that is cut short leaves a report. */
    @FunctionalInterface
    interface Interim {
        void write() throws IOException;
    }

    /** Plays all turns that the journal doesn't know yet, and writes them there. */
    void play(List<Step> steps, Journal journal, Interim interim) throws IOException, InterruptedException {
        Progress progress = new Progress(plan, steps, journal);
        Crews crews = new Crews(servers, plan.pace(), folder, profiling);
        Step before = null;
        try {
            for (Step step : steps) {
                if (before != null) {
                    crews = leave(before, step, crews);
                    if (before.scenario() != step.scenario()) {
                        interim.write();
                    }
                }
                before = step;
                if (!journal.knows(step)) {
                    progress.begin(step);
                    play(step, crews, journal);
                    progress.end(step, journal);
                }
            }
        } finally {
            crews.close();
        }
    }

    private Crews leave(Step before, Step next, Crews crews) {
        if (before.family() != next.family()) {
            crews.close();
            return new Crews(servers, plan.pace(), folder, profiling);
        }
        CrewScenario scenario = before.scenario().servers();
        if (before.scenario() != next.scenario() && scenario != null) {
            crews.finish(scenario);
        }
        return crews;
    }

    private void play(Step step, Crews crews, Journal journal) throws IOException, InterruptedException {
        try {
            journal.write(step, undisturbed(step, crews));
        } catch (IOException | RunnerException | RuntimeException failed) {
            Throwable cause = failed.getCause() != null ? failed.getCause() : failed;
            journal.write(step, cause.getMessage() == null ? cause.toString() : cause.getMessage());
        }
    }

    /** The figures of the first turn that was left alone, or else of the one that was most. */
    private Map<Metric, Double> undisturbed(Step step, Crews crews)
            throws IOException, InterruptedException, RunnerException {
        Map<Metric, Double> best = Map.of();
        double leastStolen = 2;
        for (int i = 0; i < MOST_TRIES && leastStolen > MOST_STOLEN; i++) {
            prepare(step, crews);
            StolenTime stolen = StolenTime.fromNow();
            Map<Metric, Double> measured = measure(step, crews);
            double share = stolen.share();
            if (share < leastStolen) {
                leastStolen = share;
                best = measured;
            }
        }
        return best;
    }

    private void prepare(Step step, Crews crews) throws IOException, InterruptedException {
        if (!servers.setup().has(step.family())) {
            throw new IOException("no server: " + servers.problems());
        }
        CrewScenario scenario = crewScenario(step);
        if (scenario != null) {
            crews.prepare(scenario, step.contestant());
        }
    }

    private static @Nullable CrewScenario crewScenario(Step step) {
        return step.family() == Family.MEMORY ? null : step.scenario().servers();
    }

    private Map<Metric, Double> measure(Step step, Crews crews)
            throws IOException, InterruptedException, RunnerException {
        CrewScenario scenario = crewScenario(step);
        if (scenario != null) {
            return crews.play(scenario, step.contestant(), step.round());
        }
        if (!step.scenario().isProgram()) {
            return jmh.run(step.round(), step.scenario(), step.contestant());
        }
        return programs.run(java(step), step.round(), step.scenario(), step.contestant());
    }

    private String java(Step step) throws IOException {
        @Nullable
        String java = step.scenario().needsVirtualThreads() ? virtualThreadJdk.java() : VirtualThreadJdk.current();
        if (java == null) {
            throw new IOException("it needs Java 21 or newer, see --virtual-jdk");
        }
        return java;
    }
}
