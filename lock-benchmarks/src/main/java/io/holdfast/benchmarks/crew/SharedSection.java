package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.Guarded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a lock guards over several JVMs of one machine: a few numbers in a file that all of them have in memory. */
final class SharedSection implements Guarded {
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int INSIDE = 0;
    private static final int PASSES = 8;
    private static final int LAST = 16;
    private static final int RELEASED_AT = 24;
    private static final int SIZE = 32;
    private static final int NOBODY = 0;

    private final ByteBuffer memory;

    private SharedSection(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Maps a file, which begins with zeros if it is new. */
    static SharedSection of(Path file) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new SharedSection(
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE).order(ByteOrder.nativeOrder()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void enter(int who) {
        expect(NOBODY, who);
        INTS.setVolatile(memory, INSIDE, who);
        // Not atomic: increments get lost if the lock doesn't exclude.
        LONGS.setVolatile(memory, PASSES, passes() + 1);
    }

    @Override
    public void leave(int who) {
        expect(who, who);
        INTS.setVolatile(memory, INSIDE, NOBODY);
    }

    private void expect(int expected, int who) {
        int found = (int) INTS.getVolatile(memory, INSIDE);
        if (found != expected) {
            throw new IllegalStateException("two hold the lock at once: " + who + " found " + found + " inside");
        }
    }

    @Override
    public long passes() {
        return (long) LONGS.getVolatile(memory, PASSES);
    }

    /** Who was granted the lock last; 0 if nobody was yet. */
    int last() {
        return (int) INTS.getVolatile(memory, LAST);
    }

    void granted(int who) {
        INTS.setVolatile(memory, LAST, who);
    }

    /** When the lock was released last, in {@link System#nanoTime}, which the JVMs of one machine share. */
    long releasedAt() {
        return (long) LONGS.getVolatile(memory, RELEASED_AT);
    }

    void releasing(long now) {
        LONGS.setVolatile(memory, RELEASED_AT, now);
    }
}
