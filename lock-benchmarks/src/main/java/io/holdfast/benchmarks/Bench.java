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
import io.holdfast.benchmarks.servers.RunningServers;
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
    private @Nullable Path out;

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

    @Option(names = "--found-jdk", hidden = true, description = "A JDK that has virtual threads, if none is named.")
    private @Nullable Path foundJdk;

    @Option(names = "--caller", hidden = true, description = "Where the script was called.")
    private Path caller = Path.of("");

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
        Path folder = out == null ? Path.of("bench-results") : caller.resolve(out);
        if (writeDocs) {
            writeDocs(folder);
            return 0;
        }
        Plan plan = plan();
        Selection selection = checked("", () -> Selection.of(names, plan));
        List<Step> steps = Step.of(selection, plan);
        if (steps.isEmpty()) {
            throw refusal(
                    "none of the named contestants takes part in the named scenarios: there is nothing to measure");
        }
        checkDataPlace();
        VirtualThreadJdk jdk =
                checked("--virtual-jdk: ", () -> VirtualThreadJdk.find(virtualJdk == null ? foundJdk : virtualJdk));
        Setup running = running();
        // Nothing of an earlier run is touched before all is known to be right.
        Files.createDirectories(folder);
        Profiling profiling = checked("--profile: ", () -> Profiling.of(profile, folder.resolve("profiles"), resume));
        Journal journal = journal(folder.resolve("turns.jsonl"));
        try (Servers servers = Servers.of(selection.families(), running, etcdData)) {
            Environment environment = environment(jdk, servers);
            System.out.println(environment.summary());
            servers.problems().forEach((name, reason) -> System.out.println(name + ": " + reason));
            Run run = new Run(plan, servers, folder, jdk, profiling);
            run.play(steps, journal, () -> write(folder, environment, journal));
            Report report = write(folder, environment, journal);
            print(report);
            System.out.printf("%nReport: %s%n", folder.resolve("report.html"));
            if (profile != null) {
                System.out.printf("Profiles: %s%n", Profiles.write(profiling, report.figures()));
            }
        }
        return journal.failures().isEmpty() ? 0 : 1;
    }

    private void writeDocs(Path folder) throws IOException {
        Path report = folder.resolve(REPORT);
        if (!Files.exists(report)) {
            throw refusal("--write-docs: there is no run in " + folder + " yet");
        }
        Docs.write(Report.read(report), Path.of("docs", "benchmarks.md"));
    }

    private Plan plan() {
        if (quick && full) {
            throw refusal("either --quick or --full");
        }
        Plan plan = full ? Plan.full() : Plan.quick();
        if (rounds == null) {
            return plan;
        }
        if (rounds < 1) {
            throw refusal("--rounds: at least one, not " + rounds);
        }
        return plan.withRounds(rounds);
    }

    private Setup running() throws IOException {
        checked("--redis: ", () -> RunningServers.checkUri(redis));
        checked("--redis-cluster: ", () -> RunningServers.checkNodes(redisCluster));
        checked("--etcd: ", () -> RunningServers.checkNodes(etcd));
        return new Setup(redis, redisCluster, etcd, "", Setup.LONG_LEASE, false);
    }

    private Journal journal(Path file) throws IOException {
        String servers = String.join(" ", List.of(redis, redisCluster, etcd, etcdData.toString()))
                .trim();
        String mode = full ? "--full" : "--quick";
        Origin origin = new Origin(profile == null ? mode : mode + " --profile " + profile, commit, servers);
        return checked("--resume: ", () -> resume ? Journal.resume(file, origin) : Journal.create(file, origin));
    }

    private Environment environment(VirtualThreadJdk jdk, Servers servers) {
        Map<String, String> versions = new LinkedHashMap<>(servers.versions());
        versions.putAll(Libraries.versions());
        return Environment.here(
                jdk.version(), commit, asked(spec.commandLine().getParseResult().originalArgs()), versions);
    }

    private static Report write(Path folder, Environment environment, Journal journal) throws IOException {
        Report report = new Report(environment, journal.figures(), journal.failures());
        report.write(folder.resolve(REPORT));
        CsvReport.write(report, folder.resolve("report.csv"));
        HtmlReport.write(report, folder.resolve("report.html"));
        return report;
    }

    private static void print(Report report) {
        System.out.print(Table.ofFamilies(report.figures()));
        report.failures().stream()
                .map(failure -> String.format(
                        "%nFAILED: %s in %s: %s", failure.contestant(), failure.scenario(), failure.reason()))
                .distinct()
                .forEach(System.out::print);
    }

    private void checkDataPlace() throws IOException {
        checked("--etcd-data: ", () -> {
            etcdData.check();
            return etcdData;
        });
        if (!etcd.isEmpty() && etcdData != DataPlace.DISK) {
            throw refusal("--etcd-data is for an etcd that is started; the one that --etcd names runs already");
        }
    }

    /** Something that may find an option to be wrong. */
    @FunctionalInterface
    private interface Check<T> {
        T run() throws IOException;
    }

    private <T> T checked(String option, Check<T> check) throws IOException {
        try {
            return check.run();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), option + wrong.getMessage(), wrong);
        }
    }

    private ParameterException refusal(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    /** The arguments without those that say where things are on this machine. */
    private static String asked(List<String> arguments) {
        List<String> asked = new ArrayList<>(arguments);
        asked.removeIf(argument -> argument.startsWith("--virtual-jdk="));
        for (String added : List.of("--commit", "--found-jdk", "--caller", "--virtual-jdk")) {
            int at = asked.indexOf(added);
            if (at >= 0) {
                asked.subList(at, Math.min(at + 2, asked.size())).clear();
            }
        }
        return String.join(" ", asked);
    }
}
