package io.holdfast.benchmarks.report;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** The charts of a report, family by family: those for which something was measured. */
final class Charts {
    private static final String LONGEST = "longest";

    private final Medians medians;
    private final Family family;
    private final List<Chart> charts = new ArrayList<>();

    private Charts(Medians medians, Family family) {
        this.medians = medians;
        this.family = family;
    }

    static List<Chart> of(Medians medians, Family family) {
        Charts all = new Charts(medians, family);
        all.throughput();
        all.latency();
        all.fairness();
        all.scaling();
        all.costs();
        all.manyAtOnce();
        return all.charts;
    }

    private void throughput() {
        String more = "Locks and releases in a second; longer is better.";
        bars("uncontended", Metrics.PAIRS, "One thread, nobody in its way", more);
        bars("many-keys", Metrics.PAIRS, "16 threads, resources of their own", more);
        bars("many-keys-async", Metrics.PAIRS, "64 requests under way, asynchronous API", more);
        bars("contended", Metrics.PAIRS, "16 threads want one resource", more + " Unfair locks let one thread go on.");
        bars("several-jvms", Metrics.PAIRS, "Four JVMs of four threads want one resource", more);
    }

    private void latency() {
        String less = "Time from asking to having, by percentile, on a logarithmic axis; lower is better.";
        waits("uncontended", "Acquire: one thread", less);
        waits("contended", "Waiting: 16 threads want one resource", less);
        waits("several-jvms", "Waiting: four JVMs of four threads want one resource", less);
        waits(
                "wake-up",
                "Waking up in another JVM",
                "From release in one JVM to acquired in another; lower is better.");
        for (String metric : medians.metrics("expiry-lateness", "late after")) {
            bars(
                    "expiry-lateness",
                    Metric.lessIsBetter(metric, "ms"),
                    "Expired holds: " + metric,
                    "100,000 leases run out; shorter is better.");
        }
    }

    private void fairness() {
        String jain = "Jain's index of the threads' grants: 1 if all get the same.";
        bars("contended", Metrics.JAIN, "Fairness: 16 threads", jain);
        bars("several-jvms", Metrics.JAIN, "Fairness: four JVMs of four threads", jain);
    }

    private void scaling() {
        String more = "Locks and releases in a second, on a logarithmic axis; higher is better.";
        sizes("threads", Metrics.PAIRS.name() + " with ", "More threads, resources of their own", more);
        sizes("held-locks", Metrics.PAIRS.name() + " with ", "More locks held meanwhile", more);
    }

    private void costs() {
        String scripts = "Those within scripts included; shorter is better.";
        bars("contended", Metrics.CLIENT_CPU, "Processor time of the callers, contended", "Shorter is better.");
        bars("contended", Metrics.SERVER_CPU, "Processor time of the server, contended", "Shorter is better.");
        bars("uncontended", Metrics.COMMANDS, "Server commands for a lock and its release", scripts);
        bars("several-jvms", Metrics.COMMANDS, "Server commands for a contended grant, four JVMs", scripts);
        bars("uncontended", Metrics.PROPOSALS, "Raft proposals for a lock and its release", "Shorter is better.");
        bars("contended", Metrics.PROPOSALS, "Raft proposals for a contended grant", "Shorter is better.");
    }

    private void manyAtOnce() {
        String less = "Shorter is better.";
        for (String scenario : List.of("renewal", "waiters", "held-locks-memory", "virtual-thread-waiters")) {
            for (String metric : medians.metrics(scenario, "")) {
                if (!metric.startsWith("allocated")
                        && !metric.startsWith("server")
                        && !metric.startsWith("Raft")
                        && !metric.startsWith("requests")) {
                    bars(
                            scenario,
                            Metric.lessIsBetter(metric, unit(metric)),
                            title(scenario) + metric,
                            metric.startsWith("acquired") || metric.equals(Metrics.HEARTBEATS.name())
                                    ? "Longer is better."
                                    : less);
                }
            }
            if (scenario.equals("renewal")) {
                renewalsOnTheServer();
            }
        }
    }

    private void renewalsOnTheServer() {
        String each = "For each hold, from its acquisition through its renewals to its release; shorter is better.";
        String title = title("renewal");
        bars("renewal", Metrics.COMMANDS, title + "server commands", each);
        bars("renewal", Metrics.REQUESTS, title + "messages to the server", each);
        bars("renewal", Metrics.PROPOSALS, title + "Raft proposals", each);
        bars("renewal", Metrics.SERVER_CPU, title + "processor time of the server", each);
    }

    private String title(String scenario) {
        return switch (scenario) {
            case "renewal" -> family == Family.MEMORY ? "Renewal by the application: " : "Many renewed holds: ";
            case "waiters" -> "Many waiters in one JVM: ";
            case "held-locks-memory" -> "A million held locks: ";
            default -> "100,000 virtual threads wait: ";
        };
    }

    private static String unit(String metric) {
        if (metric.startsWith("heap")) {
            return "B";
        }
        if (metric.endsWith("of a heartbeat")) {
            return "ns";
        }
        if (metric.contains("time") || metric.contains("served")) {
            return "ms";
        }
        if (metric.equals(Metrics.HEARTBEATS.name())) {
            return Metrics.HEARTBEATS.unit();
        }
        return metric.startsWith("acquired") ? "locks/s" : "";
    }

    private void bars(String scenario, Metric metric, String title, String caption) {
        Map<Contestant, Double> values = new LinkedHashMap<>();
        for (Contestant contestant : Contestant.of(family)) {
            medians.of(scenario, contestant.label(), metric.name()).ifPresent(value -> values.put(contestant, value));
        }
        if (!values.isEmpty()) {
            charts.add(BarChart.of(id(scenario, metric.name()), title, caption, metric.unit(), values));
        }
    }

    private void waits(String scenario, String title, String caption) {
        List<String> metrics = new ArrayList<>();
        List<String> places = new ArrayList<>();
        for (Metric metric : Metrics.WAITS) {
            metrics.add(metric.name());
            places.add(metric.name().substring(metric.name().indexOf('p')));
        }
        metrics.add(Metrics.LONGEST_WAIT.name());
        places.add(LONGEST);
        lines(scenario, metrics, places, title, caption, "ms");
    }

    private void sizes(String scenario, String beginning, String title, String caption) {
        Set<String> metrics = medians.metrics(scenario, beginning);
        List<String> places = metrics.stream()
                .map(metric -> metric.substring(beginning.length()))
                .toList();
        lines(scenario, List.copyOf(metrics), places, title, caption, Metrics.PAIRS.unit());
    }

    private void lines(
            String scenario, List<String> metrics, List<String> places, String title, String caption, String unit) {
        Map<Contestant, List<OptionalDouble>> lines = new LinkedHashMap<>();
        for (Contestant contestant : Contestant.of(family)) {
            List<OptionalDouble> values = metrics.stream()
                    .map(metric -> medians.of(scenario, contestant.label(), metric))
                    .toList();
            if (values.stream().anyMatch(OptionalDouble::isPresent)) {
                lines.put(contestant, values);
            }
        }
        if (!lines.isEmpty()) {
            charts.add(LineChart.of(id(scenario, "by-" + places.get(0)), title, caption, unit, places, lines));
        }
    }

    private String id(String scenario, String what) {
        return (family.label() + "-" + scenario + "-" + what).replaceAll("[^A-Za-z0-9]+", "-");
    }
}
