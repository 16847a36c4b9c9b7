package io.holdfast.benchmarks.profile;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is sampled, if anything, and where the profiles go: a folder for each contestant.
 *
 * @param kind what is sampled; null if nothing is
 * @param folder where the profiles go
 */
public record Profiling(@Nullable ProfileKind kind, Path folder) {
    static final String KIND = "holdfast.bench.profile";
    static final String FOLDER = "holdfast.bench.profiles";
    static final String TURN = "holdfast.bench.turn";

    /**
     * Makes the folder, if anything is to be sampled: one for each kind.
     *
     * @param kind what to sample; null for nothing
     * @param parent where the folder is to be
     * @param resume whether what an earlier run has left there is to be kept
     * @return what is sampled
     * @throws IOException if the folder can't be emptied or made
     * @throws IllegalArgumentException if nothing can be sampled on this machine
     */
    public static Profiling of(@Nullable ProfileKind kind, Path parent, boolean resume) throws IOException {
        if (kind == null) {
            return new Profiling(null, parent);
        }
        Sampler.requireProfiler();
        Path folder = parent.resolve(kind.name().toLowerCase(Locale.ROOT));
        if (!resume && Files.exists(folder)) {
            MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
        }
        Files.createDirectories(folder);
        return new Profiling(kind, folder);
    }

    /**
     * What a contestant's JVM must be told.
     *
     * @param contestant who runs in it
     * @return options of {@code java}; none if nothing is sampled
     */
    public List<String> options(String contestant) {
        if (kind == null) {
            return List.of();
        }
        return List.of(
                "-D" + KIND + "=" + kind.name(),
                "-D" + FOLDER + "=" + folder.resolve(contestant),
                // Otherwise what has been inlined counts for whoever it was inlined into.
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+DebugNonSafepoints");
    }

    /**
     * The same for a JVM that lives for one turn.
     *
     * @param contestant who runs in it
     * @param scenario what is measured
     * @param round in which round
     * @return options of {@code java}; none if nothing is sampled
     */
    public List<String> options(String contestant, String scenario, int round) {
        if (kind == null) {
            return List.of();
        }
        return Stream.concat(options(contestant).stream(), Stream.of("-D" + TURN + "=" + scenario + "-" + round))
                .toList();
    }
}
