package io.holdfast.testservers;

import java.time.Duration;

/**
 * Notices when this JVM, and probably its machine, stands still for a while: leases of servers run out then, and what comes of that is nobody's
 * fault. A thread of it looks at the clock a hundred times in a second.
 *
 * <p>Safe for use by several threads.
 */
public final class StallWatch implements AutoCloseable {
    private static final long STEP_MILLIS = 10;

    private final Thread watching;
    private volatile long seen;
    private volatile long longest;

    private StallWatch() {
        seen = System.nanoTime();
        watching = new Thread(this::watch, "stall watch");
        watching.setDaemon(true);
        watching.start();
    }

    /**
     * Begins to watch.
     *
     * @return a watch that goes on until it is closed
     */
    public static StallWatch start() {
        return new StallWatch();
    }

    /**
     * The longest time, since the beginning, in which the watch had no processor.
     *
     * @return at least some milliseconds
     */
    public Duration longestStall() {
        return Duration.ofNanos(Math.max(longest, watching.isAlive() ? System.nanoTime() - seen : 0));
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(STEP_MILLIS);
                long now = System.nanoTime();
                longest = Math.max(longest, now - seen);
                seen = now;
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        watching.interrupt();
    }
}
