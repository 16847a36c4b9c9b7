package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Setup;
import io.holdfast.benchmarks.profile.ProfileKind;
import io.holdfast.benchmarks.profile.Profiles;
import io.holdfast.benchmarks.profile.Profiling;
import io.holdfast.benchmarks.report.CsvReport;
import io.holdfast.benchmarks.report.Docs;
import io.holdfast.benchmarks.report.Environment;
import io.holdfast.benchmarks.report.HtmlReport;
import io.holdfast.benchmarks.report.Report;
import io.holdfast.benchmarks.report.Table;
import io.holdfast.benchmarks.servers.DataPlace;
import io.holdfast.benchmarks.servers.Libraries;
import io.holdfast.benchmarks.servers.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        description = "Measures Holdfast next to what one would use in its place.")
@SuppressWarnings("NullAway.Init")
public final class Bench implements Callable<Integer> {
    private static final String REPORT = "report.json";

    @Spec
    private CommandSpec spec;

    @Option(names = "--quick", description = "One short round of the main contestants: a first look (the default).")
    private boolean quick;

    @Option(names = "--full", description = "Several rounds of everybody, for figures to publish.")
    private boolean full;

    @Option(names = "--rounds", paramLabel = "N", description = "How often each contestant has its turn.")
    private @Nullable Integer rounds;

    @Option(names = "--redis", paramLabel = "URI", description = "A running Redis, as redis://host:port.")
    private String redis = "";

    @Option(names = "--redis-cluster", paramLabel = "HOST:PORT,…", description = "Nodes of a running Redis Cluster.")
    private String redisCluster = "";

    @Option(names = "--etcd", paramLabel = "HOST:PORT,…", description = "Endpoints of a running etcd.")
    private String etcd = "";

    @Option(
            names = "--etcd-data",
            paramLabel = "disk|memory",
            description =
                    "Where the etcd and the ZooKeeper that are started keep their data: on the disk (the default), "
                            + "or in memory, where to write through takes no time.")
    private DataPlace etcdData = DataPlace.DISK;

    @Option(
            names = "--profile",
            paramLabel = "cpu|alloc",
            description = "Also sample where the processor's time goes, or who allocates; figures suffer from it.")
    private @Nullable ProfileKind profile;

    @Option(names = "--out", paramLabel = "DIR", description = "Where to leave the report.")
    private Path folder = Path.of("bench-results");

    @Option(names = "--resume", description = "Go on with a run that was cut short; what failed gets another chance.")
    private boolean resume;

    @Option(
            names = "--write-docs",
            description = "Measure nothing: put the last run's results into docs/benchmarks.md.")
    private boolean writeDocs;

    @Option(names = "--virtual-jdk", paramLabel = "DIR", description = "Home of a JDK that has virtual threads.")
    private @Nullable Path virtualJdk;

    @Option(names = "--commit", hidden = true, description = "What is measured.")
    private String commit = "unknown";

    @Parameters(
            paramLabel = "NAME",
            description = {
                "Families, scenarios and contestants to measure; without any of a kind, as the options say.",
                "Families: memory, redis, redis-cluster, etcd. Names of the others are in docs/benchmarks.md."
            })
    private List<String> names = new ArrayList<>();

    /**
     * Begins here.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() throws Exception {
        if (writeDocs) {
            Docs.write(Report.read(folder.resolve(REPORT)), Path.of("docs", "benchmarks.md"));
            return 0;
        }
        Plan plan = full && !quick ? Plan.full() : Plan.quick();
        if (rounds != null) {
            plan = plan.withRounds(rounds);
        }
        Selection selection = selection(plan);
        checkDataPlace();
        Files.createDirectories(folder);
        Profiling profiling = profiling();
        VirtualThreadJdk jdk = VirtualThreadJdk.find(virtualJdk);
        Path file = folder.resolve("turns.jsonl");
        Journal journal = resume ? Journal.resume(file) : Journal.create(file);
        Setup running = new Setup(redis, redisCluster, etcd, "", Setup.LONG_LEASE, false);
        try (Servers servers = Servers.of(selection.families(), running, etcdData)) {
            Environment environment = environment(jdk, servers);
            System.out.println(environment.summary());
            servers.problems().forEach((name, reason) -> System.out.println(name + ": " + reason));
            Run run = new Run(plan, servers, folder, jdk, profiling);
            run.play(Step.of(selection, plan), journal, () -> write(environment, journal));
            Report report = write(environment, journal);
            print(report);
            if (profile != null) {
                System.out.printf("Profiles: %s%n", Profiles.write(profiling, report.figures()));
            }
        }
        return journal.failures().isEmpty() ? 0 : 1;
    }

    private Environment environment(VirtualThreadJdk jdk, Servers servers) {
        Map<String, String> versions = new LinkedHashMap<>(servers.versions());
        versions.putAll(Libraries.versions());
        return Environment.here(
                jdk.version(), commit, asked(spec.commandLine().getParseResult().originalArgs()), versions);
    }

    private Report write(Environment environment, Journal journal) throws IOException {
        Report report = new Report(environment, journal.figures(), journal.failures());
        report.write(folder.resolve(REPORT));
        CsvReport.write(report, folder.resolve("report.csv"));
        HtmlReport.write(report, folder.resolve("report.html"));
        return report;
    }

    private void print(Report report) {
        System.out.print(Table.of(report.figures(), "holdfast"));
        report.failures().stream()
                .map(failure -> String.format(
                        "%nFAILED: %s in %s: %s", failure.contestant(), failure.scenario(), failure.reason()))
                .distinct()
                .forEach(System.out::print);
        System.out.printf("%nReport: %s%n", folder.resolve("report.html"));
    }

    private Selection selection(Plan plan) {
        try {
            return Selection.of(names, plan);
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), String.valueOf(unknown.getMessage()), unknown);
        }
    }

    private Profiling profiling() throws IOException {
        try {
            return Profiling.of(profile, folder.resolve("profiles"), resume);
        } catch (IllegalArgumentException impossible) {
            throw new ParameterException(spec.commandLine(), "--profile: " + impossible.getMessage(), impossible);
        }
    }

    private void checkDataPlace() {
        try {
            etcdData.check();
        } catch (IllegalArgumentException missing) {
            throw new ParameterException(spec.commandLine(), "--etcd-data: " + missing.getMessage(), missing);
        }
        if (!etcd.isEmpty() && etcdData != DataPlace.DISK) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--etcd-data is for an etcd that is started; the one that --etcd names runs already");
        }
    }

    /** The arguments without those that the script adds, which say where things are on this machine. */
    private static String asked(List<String> arguments) {
        List<String> asked = new ArrayList<>(arguments);
        for (String added : List.of("--commit", "--virtual-jdk")) {
            int at = asked.indexOf(added);
            if (at >= 0) {
                asked.subList(at, Math.min(at + 2, asked.size())).clear();
            }
        }
        return String.join(" ", asked);
    }
}
