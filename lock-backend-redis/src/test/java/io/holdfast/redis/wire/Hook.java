package io.holdfast.redis.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Something that happens in the middle of sending a command: so a test meets the moment that it needs. */
final class Hook {
    private Hook() {}

    /** One argument that does something the first time that it is written. */
    static List<byte[]> on(String argument, Runnable hook) {
        AtomicBoolean hooked = new AtomicBoolean(true);
        return new AbstractList<>() {
            @Override
            public byte[] get(int index) {
                if (isBeingWritten() && hooked.getAndSet(false)) {
                    hook.run();
                }
                return Lua.bytes(argument);
            }

            @Override
            public int size() {
                return 1;
            }
        };
    }

    private static boolean isBeingWritten() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(Session.class.getName())
                        && frame.getMethodName().equals("write")));
    }

    /** Waits until the thread that does a wire's I/O reads, and so leaves sending to others. */
    static void awaitReader(int port) {
        awaitIn(port, "read");
    }

    /** Waits until that thread hands a command to the connection. */
    static void awaitWriter(int port) {
        awaitIn(port, "put");
    }

    private static void awaitIn(int port, String method) {
        BrokenConnectionTest.await(() -> Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("holdfast-redis-127.0.0.1:" + port))
                .anyMatch(thread -> Stream.of(thread.getValue()).anyMatch(frame -> isOf(frame, method))));
    }

    private static boolean isOf(StackTraceElement frame, String method) {
        return frame.getClassName().equals(Session.class.getName())
                && frame.getMethodName().equals(method);
    }

    /** Waits for longer than any test waits for what a thread that stands here keeps from happening. */
    static void pass(CountDownLatch gate) {
        try {
            assertThat(gate.await(TestWires.PATIENCE.toSeconds() * 3, TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
