package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.report.Figure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs one scenario for one round: each contestant in a fresh JVM, one after the other. */
final class Rounds {
    private final JmhFork jmh;
    private final ProgramFork programs;
    private final VirtualThreadJdk virtualThreadJdk;

    Rounds(Plan plan, Path folder, VirtualThreadJdk virtualThreadJdk) {
        this.jmh = new JmhFork(plan, folder);
        this.programs = new ProgramFork(folder);
        this.virtualThreadJdk = virtualThreadJdk;
    }

    /** Measures the contestants in the order given. */
    List<Figure> run(int round, Scenario scenario, List<Contestant> contestants) throws Exception {
        if (contestants.isEmpty()) {
            return List.of();
        }
        if (!scenario.isProgram()) {
            return jmh.run(round, scenario, contestants);
        }
        String java = scenario.needsVirtualThreads() ? virtualThreadJdk.java() : VirtualThreadJdk.current();
        if (java == null) {
            System.out.println("  left out: it needs Java 21 or newer, see --virtual-jdk");
            return List.of();
        }
        List<Figure> figures = new ArrayList<>();
        for (Contestant contestant : contestants) {
            figures.addAll(programs.run(java, round, scenario, contestant));
        }
        return figures;
    }
}
