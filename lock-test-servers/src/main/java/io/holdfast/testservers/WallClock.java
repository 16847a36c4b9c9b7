package io.holdfast.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A wall clock for other processes, which a test can set while they run: a small library in C, made with the system's
 * compiler and loaded into them, that adds an offset to the time of day. Their monotonic clock is left alone.
 *
 * <p>It works on Linux where there is a C compiler, with programs that are dynamically linked: a JVM, most builds of Redis;
 * not with etcd, which is a static program.
 *
 * <p>Safe for use by several threads.
 */
public final class WallClock implements AutoCloseable {
    /** Why a test that needs Redis with a wall clock can't run here. */
    public static final String NO_REDIS = "no Redis at hand obeys a preloaded clock: all are statically linked";

    /** Why a test that needs a wall clock can't run here. */
    public static final String NO_COMPILER =
            "a wall clock that can be set needs Linux and a C compiler (cc, gcc or clang)";

    private static final int OFFSET = 0;
    private static final int MARK = Long.BYTES;
    private static final int SIZE = 2 * Long.BYTES;

    private final Path folder;
    private final MappedByteBuffer shared;

    private WallClock(Path folder, MappedByteBuffer shared) {
        this.folder = folder;
        this.shared = shared;
    }

    /**
     * Makes a clock that shows the right time.
     *
     * @return a clock; nothing where none can be made, for the reason {@link #NO_COMPILER}
     */
    public static Optional<WallClock> create() {
        if (!SystemPrograms.platform().startsWith("linux")) {
            return Optional.empty();
        }
        return Stream.of("cc", "gcc", "clang")
                .flatMap(compiler -> SystemPrograms.onPath(compiler).stream())
                .findFirst()
                .map(WallClock::make);
    }

    private static WallClock make(Path compiler) {
        Path folder = Folders.make("wallclock");
        Path source = folder.resolve("wallclock.c");
        try (InputStream content = Objects.requireNonNull(WallClock.class.getResourceAsStream("wallclock.c"))) {
            Files.copy(content, source);
            ProgramRun.of(List.of(
                            compiler.toString(), "-shared", "-fPIC", "-O2", "-o", library(folder), source.toString()))
                    .orThrow();
            return new WallClock(folder, map(folder.resolve("offset")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MappedByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
            buffer.order(ByteOrder.nativeOrder());
            return buffer;
        }
    }

    private static String library(Path folder) {
        return folder.resolve("wallclock.so").toString();
    }

    /**
     * Sets the clock forward or back, for all processes that read it, at once.
     *
     * @param by how far; back if negative
     */
    public void step(Duration by) {
        shared.putLong(OFFSET, shared.getLong(OFFSET) + by.toNanos());
    }

    /**
     * How wrong the clock is.
     *
     * @return what is added to the system's time; negative if the clock is late
     */
    public Duration offset() {
        return Duration.ofNanos(shared.getLong(OFFSET));
    }

    /**
     * What makes a process read this clock.
     *
     * @return variables for its environment, such as those of a JVM that a test starts
     */
    public Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                library(folder),
                "HOLDFAST_WALL_CLOCK",
                folder.resolve("offset").toString());
    }

    /**
     * A Redis that obeys a clock like this: {@link RedisBinary#standard()} if it does, else {@link RedisBinary#oldest()}.
     *
     * @return a server; nothing if none does, for the reason {@link #NO_REDIS}
     */
    public Optional<RedisBinary> redis() {
        return Stream.concat(Stream.of(RedisBinary.standard()), RedisBinary.oldest().stream())
                .filter(binary -> isObeyedBy(List.of(binary.path().toString(), "--version")))
                .findFirst();
    }

    /** Runs a program to see whether it loads the library. */
    private synchronized boolean isObeyedBy(List<String> command) {
        shared.putLong(MARK, 0);
        ProgramRun.of(command, environment(), folder);
        return shared.getLong(MARK) == 1;
    }

    /** Removes the clock's files; processes that read it are to end before. */
    @Override
    public void close() {
        Folders.remove(folder);
    }
}
