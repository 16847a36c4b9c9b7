package io.holdfast.benchmarks.profile;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.report.Figure;
import io.holdfast.benchmarks.report.Medians;
import io.holdfast.benchmarks.report.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The profiles of a run, summed up in a document: for each scenario, whose the time or the memory is, and in which methods it goes. */
public final class Profiles {
    private static final Pattern SCENARIO = Pattern.compile("(.+?)-\\d+-.*\\" + Sampler.STACKS);
    private static final int METHODS = 15;
    private static final double PER_CENT = 100;
    private static final double NANOS_PER_MICRO = 1e3;

    private final ProfileKind kind;
    private final Medians medians;
    private final Map<Comparison, Map<String, Shares>> comparisons = new TreeMap<>();

    /** Who is compared with whom. */
    private record Comparison(Family family, String scenario) implements Comparable<Comparison> {
        @Override
        public int compareTo(Comparison other) {
            return Comparator.comparing(Comparison::family)
                    .thenComparing(Comparison::scenario)
                    .compare(this, other);
        }
    }

    private Profiles(ProfileKind kind, List<Figure> figures) {
        this.kind = kind;
        this.medians = new Medians(figures);
    }

    /**
     * Sums up.
     *
     * @param profiling what was sampled, and where the profiles are
     * @param figures what was measured meanwhile
     * @return the document
     * @throws IOException if it can't be read or written
     */
    public static Path write(Profiling profiling, List<Figure> figures) throws IOException {
        ProfileKind kind = profiling.kind();
        if (kind == null) {
            throw new IllegalArgumentException("nothing was sampled");
        }
        Profiles profiles = new Profiles(kind, figures);
        profiles.read(profiling.folder());
        Path file = profiling.folder().resolve("summary.md");
        Files.writeString(file, profiles.document());
        return file;
    }

    private void read(Path folder) throws IOException {
        for (Path contestant : in(folder)) {
            if (Files.isDirectory(contestant)) {
                for (Path file : in(contestant)) {
                    read(contestant.getFileName().toString(), file);
                }
            }
        }
    }

    private void read(String contestant, Path file) throws IOException {
        Matcher scenario = SCENARIO.matcher(file.getFileName().toString());
        if (scenario.matches()) {
            Comparison comparison = new Comparison(Contestant.of(contestant).family(), scenario.group(1));
            Shares shares = comparisons
                    .computeIfAbsent(comparison, absent -> new TreeMap<>())
                    .computeIfAbsent(contestant, absent -> new Shares());
            Files.readAllLines(file).forEach(shares::add);
        }
    }

    private static List<Path> in(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    private String document() {
        StringBuilder text = new StringBuilder();
        comparisons.forEach((comparison, contestants) -> {
            text.append("## ")
                    .append(comparison.family().title())
                    .append(": ")
                    .append(comparison.scenario())
                    .append("\n\n");
            owners(text, comparison.scenario(), contestants);
            contestants.forEach((contestant, shares) -> methods(text, contestant, shares));
        });
        return text.toString();
    }

    private void owners(StringBuilder text, String scenario, Map<String, Shares> contestants) {
        text.append("| share of the ").append(kind.label()).append(" |");
        contestants
                .keySet()
                .forEach(contestant -> text.append(' ').append(contestant).append(" |"));
        text.append("\n| --- |").append(" --: |".repeat(contestants.size())).append('\n');
        TreeSet<String> owners = new TreeSet<>();
        contestants.values().forEach(shares -> owners.addAll(shares.owners.keySet()));
        for (String owner : owners) {
            text.append("| ").append(owner).append(" |");
            for (Map.Entry<String, Shares> contestant : contestants.entrySet()) {
                Shares shares = contestant.getValue();
                double share = (double) shares.owners.getOrDefault(owner, 0L) / Math.max(1, shares.total);
                text.append(' ')
                        .append(cell(scenario, contestant.getKey(), share))
                        .append(" |");
            }
            text.append('\n');
        }
        text.append('\n');
    }

    /** The share; of processor time also what that is of a pair's. */
    private String cell(String scenario, String contestant, double share) {
        String cent = String.format(Locale.ROOT, "%.0f %%", share * PER_CENT);
        OptionalDouble pair = medians.of(scenario, contestant, Metrics.CLIENT_CPU.name());
        return kind != ProfileKind.CPU || pair.isEmpty() ? cent : cent + " (" + time(share, pair.getAsDouble()) + ")";
    }

    private static String time(double share, double nanos) {
        return nanos < NANOS_PER_MICRO
                ? String.format(Locale.ROOT, "%.0f ns", share * nanos)
                : String.format(Locale.ROOT, "%.2f µs", share * nanos / NANOS_PER_MICRO);
    }

    private static void methods(StringBuilder text, String contestant, Shares shares) {
        text.append("<details><summary>").append(contestant).append("</summary>\n\n| | in |\n| --: | --- |\n");
        List<Map.Entry<String, Long>> most = new ArrayList<>(shares.methods.entrySet());
        most.sort(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()));
        for (Map.Entry<String, Long> method : most.subList(0, Math.min(METHODS, most.size()))) {
            double share = PER_CENT * method.getValue() / shares.total;
            text.append(String.format(Locale.ROOT, "| %.1f %% | `%s` |%n", share, method.getKey()));
        }
        text.append("\n</details>\n\n");
    }

    /** The stacks of one contestant in one scenario. */
    private static final class Shares {
        private final Map<String, Long> owners = new HashMap<>();
        private final Map<String, Long> methods = new HashMap<>();
        private long total;

        void add(String line) {
            int blank = line.lastIndexOf(' ');
            long count = Long.parseLong(line.substring(blank + 1));
            List<String> stack = List.of(line.substring(0, blank).split(";", -1));
            owners.merge(Owner.of(stack), count, Long::sum);
            methods.merge(Owner.method(stack), count, Long::sum);
            total += count;
        }
    }
}
