package io.holdfast.conformance.simulation;

import io.holdfast.LockBackendException;
import io.holdfast.core.LockManager;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A process with a clock of its own, which runs a little too fast or too slow. It can stand still: its timers and
 * messages then wait, and come in a rush when it goes on. It can die.
 */
final class SimulatedProcess implements Ticker, Scheduler, Executor {
    /** How long a manager waits for its backend's answers. */
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(1);

    private static final long MILLION = 1_000_000L;
    /** How late a timer may be. */
    private static final long LATEST = World.MILLIS / 2;

    private final World world;
    private final String name;
    private final long origin;
    private final long drift;
    private final Set<World.Event> timers = new HashSet<>();
    private final Deque<Runnable> heldTimers = new ArrayDeque<>();
    private final Deque<Runnable> heldMessages = new ArrayDeque<>();
    private boolean waitingIsVain;
    private long pausedUntil;
    private long pausedFor;
    private boolean crashed;

    SimulatedProcess(World world, String name, long drift) {
        this.world = world;
        this.name = name;
        this.drift = drift;
        // Any origin is as good as another, also one after which the number wraps around.
        this.origin = world.chance(0.1) ? Long.MAX_VALUE - 1_000 * World.MILLIS : world.between(0, Long.MAX_VALUE / 2);
    }

    String name() {
        return name;
    }

    /** A lock manager of this process, which has its time and its threads. */
    LockManager newManager(LockBackend backend) {
        return LockManager.builder(backend)
                .answerTimeout(ANSWER_TIMEOUT)
                .callbackExecutor(this)
                .time(this, this)
                .build();
    }

    @Override
    public long read() {
        return origin + elapsed(world.now());
    }

    private long elapsed(long trueTime) {
        return trueTime + Math.floorDiv(trueTime * drift, MILLION);
    }

    /** Does something that would wait for the backend's answers, and lets it not wait: there is only one thread here. */
    void withoutWaiting(Runnable action) {
        waitingIsVain = true;
        action.run();
        waitingIsVain = false;
    }

    /** An answer; or at once that it isn't known, to those who would wait for it. What was sent is under way all the same. */
    <T> CompletionStage<T> answer(CompletionStage<T> answer) {
        return waitingIsVain
                ? CompletableFuture.failedFuture(LockBackendException.outcomeUnknown("no answer in time", null))
                : answer;
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
        long trueDelay = Math.max(0, delayNanos);
        if (drift < 0) {
            trueDelay += Math.floorDiv(trueDelay * -drift, MILLION + drift) + 2;
        }
        Timer timer = new Timer(task);
        timer.event = world.in(trueDelay + world.between(0, LATEST), timer);
        timers.add(timer.event);
        return timer;
    }

    /** Runs something that belongs to the application, after a delay. */
    void later(Runnable action, long delay) {
        world.in(delay, () -> run(action, heldTimers));
    }

    /** Runs a callback soon, as an executor's thread would. */
    @Override
    public void execute(Runnable callback) {
        world.in(world.between(0, LATEST / 10), () -> run(callback, heldTimers));
    }

    /** Takes a message from the network. */
    void receive(Runnable message) {
        run(message, heldMessages);
    }

    private void run(Runnable action, Deque<Runnable> held) {
        if (crashed) {
            return;
        }
        if (world.now() < pausedUntil || !held.isEmpty()) {
            held.add(action);
        } else {
            action.run();
        }
    }

    /** Stands still for less than a second. */
    void pauseForAWhile() {
        pause(world.between(World.MILLIS, 600 * World.MILLIS));
    }

    private void pause(long duration) {
        if (crashed || world.now() < pausedUntil) {
            return;
        }
        world.note(name, () -> "stands still for " + duration / World.MILLIS + " ms");
        pausedUntil = world.now() + duration;
        pausedFor += duration;
        world.in(duration, this::resume);
    }

    /** What was held back comes in any order, but the messages among themselves in theirs. */
    private void resume() {
        world.note(name, () -> "goes on");
        while (!crashed && (!heldTimers.isEmpty() || !heldMessages.isEmpty())) {
            boolean timer = heldMessages.isEmpty() || (!heldTimers.isEmpty() && world.chance(0.5));
            (timer ? heldTimers : heldMessages).remove().run();
        }
    }

    /** How long this has stood still, all in all. */
    long pausedFor() {
        return pausedFor;
    }

    void crash() {
        world.note(name, () -> "dies");
        crashed = true;
    }

    boolean isCrashed() {
        return crashed;
    }

    /** How many timers are set. */
    int timers() {
        return timers.size();
    }

    /** A task for later. */
    private final class Timer implements Cancellable, Runnable {
        private final Runnable task;
        private World.Event event;
        private boolean over;

        Timer(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            timers.remove(event);
            SimulatedProcess.this.run(this::fire, heldTimers);
        }

        private void fire() {
            if (!over) {
                over = true;
                task.run();
            }
        }

        @Override
        public void cancel() {
            over = true;
            if (timers.remove(event)) {
                world.cancel(event);
            }
        }
    }
}
