package io.holdfast.benchmarks;

import io.holdfast.benchmarks.report.Failure;
import io.holdfast.benchmarks.report.Figure;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Tells on the console how far a run has come and how long it will still take. */
final class Progress {
    private final Plan plan;
    private final int steps;
    private final long start = System.nanoTime();
    private double expected;
    private double done;
    private int number;

    Progress(Plan plan, List<Step> steps, Journal journal) {
        this.plan = plan;
        this.steps = steps.size();
        for (Step step : steps) {
            if (journal.knows(step)) {
                number++;
            } else {
                expected += step.weight(plan);
            }
        }
    }

    void begin(Step step) {
        number++;
        System.out.printf(
                Locale.ROOT,
                "[%d/%d, %s left] %s, %s, round %d: %s ",
                number,
                steps,
                left(),
                step.family().title(),
                step.scenario().label(),
                step.round(),
                step.contestant().label());
        System.out.flush();
    }

    void end(Step step, Journal journal) {
        done += step.weight(plan);
        Failure failure = journal.failure(step);
        List<Figure> figures = journal.figures(step);
        if (failure != null) {
            System.out.println("FAILED: " + failure.reason());
        } else if (!figures.isEmpty()) {
            Figure first = figures.get(0);
            System.out.printf(
                    Locale.ROOT, "%,.4g %s%n", first.value(), first.metric().unit());
        }
    }

    private String left() {
        double factor = done == 0 ? 1 : (System.nanoTime() - start) / 1e9 / done;
        Duration left = Duration.ofSeconds((long) (factor * (expected - done)));
        return String.format(Locale.ROOT, "%d:%02d min", left.toMinutes(), left.toSecondsPart());
    }
}
