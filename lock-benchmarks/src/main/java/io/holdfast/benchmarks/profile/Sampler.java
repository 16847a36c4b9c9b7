package io.holdfast.benchmarks.profile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import one.profiler.AsyncProfiler;
import org.jspecify.annotations.Nullable;

/**
 * A profile that is being taken of this JVM: one at a time. It is written as one line for each stack, which ends with how much that counts, and
 * as a flame graph.
 */
final class Sampler {
    static final String STACKS = ".collapsed";

    private static final AtomicInteger TAKEN = new AtomicInteger();

    private final AsyncProfiler profiler;
    private final ProfileKind kind;
    private final Path file;

    private Sampler(AsyncProfiler profiler, ProfileKind kind, Path file) {
        this.profiler = profiler;
        this.kind = kind;
        this.file = file;
    }

    /**
     * Begins, if this JVM is to be profiled.
     *
     * @param turn which turn; null if this JVM has been told, since it lives for one only
     * @return null if it isn't to be profiled
     */
    static @Nullable Sampler begin(@Nullable String turn) {
        String kind = System.getProperty(Profiling.KIND);
        if (kind == null) {
            return null;
        }
        Path folder = Path.of(System.getProperty(Profiling.FOLDER));
        String name = (turn == null ? System.getProperty(Profiling.TURN) : turn) + "-"
                + ProcessHandle.current().pid() + "-" + TAKEN.incrementAndGet();
        Sampler sampler = new Sampler(AsyncProfiler.getInstance(), ProfileKind.valueOf(kind), folder.resolve(name));
        sampler.begin();
        return sampler;
    }

    /**
     * Loads the profiler.
     *
     * @throws IllegalArgumentException if there is none for this machine
     */
    static void requireProfiler() {
        try {
            AsyncProfiler.getInstance();
        } catch (RuntimeException | LinkageError missing) {
            throw new IllegalArgumentException("async-profiler can't be loaded on this machine: " + missing, missing);
        }
    }

    private void begin() {
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        tell("start," + kind.event());
    }

    void end() {
        tell("stop");
        tell("dump,collapsed," + kind.counter() + ",file=" + file + STACKS);
        tell("dump,flamegraph," + kind.counter() + ",title=" + file.getFileName() + ",file=" + file + ".html");
    }

    private void tell(String command) {
        try {
            profiler.execute(command);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
