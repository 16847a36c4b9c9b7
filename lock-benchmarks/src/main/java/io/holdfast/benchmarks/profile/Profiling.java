package io.holdfast.benchmarks.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
     * Makes the folder, if anything is to be sampled.
     *
     * @param kind what to sample; null for nothing
     * @param folder where the profiles go
     * @return what is sampled
     * @throws IOException if there is no such folder and none can be made
     */
    public static Profiling of(@Nullable ProfileKind kind, Path folder) throws IOException {
        if (kind != null) {
            Files.createDirectories(folder);
        }
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
