package io.holdfast.redis.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one round of I/O leaves to be done by a thread that holds no lock. */
final class Round {
    private final List<Command> settled = new ArrayList<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private final @Nullable Command justMade;
    private long pauseNanos;

    /**
     * Nothing yet.
     *
     * @param justMade the command that the thread has made a moment ago, or null
     */
    Round(@Nullable Command justMade) {
        this.justMade = justMade;
    }

    @Nullable
    Command justMade() {
        return justMade;
    }

    List<Command> settled() {
        return settled;
    }

    void settle(Command command) {
        if (!command.publishToWaiter()) {
            settled.add(command);
        }
    }

    void later(Runnable task) {
        tasks.add(task);
    }

    void pause(long nanos) {
        pauseNanos = Math.max(0, nanos);
    }

    /** How long to wait before the next round. */
    long pauseNanos() {
        return pauseNanos;
    }

    /** Completes futures and wakes others. */
    void tell() {
        settled.forEach(Command::publish);
        tasks.forEach(Runnable::run);
    }
}
