package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.DistributedLock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/** A blocking call on a thread of its own. */
final class Call<T> implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration GLANCE = Duration.ofMillis(20);
    private static final Duration MOMENT = Duration.ofMillis(2);
    private static final Set<Thread.State> BLOCKED = EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final Thread thread;

    Call(DistributedLock locks, Body<T> body) {
        this(() -> body.run(locks));
    }

    Call(Callable<T> body) {
        this(body, Call::startPlatformThread);
    }

    Call(Callable<T> body, ThreadStarter starter) {
        thread = starter.start(() -> run(body));
    }

    private static Thread startPlatformThread(Runnable body) {
        Thread created = new Thread(body, "blocking call");
        created.setDaemon(true);
        created.start();
        return created;
    }

    private void run(Callable<T> body) {
        try {
            outcome.complete(body.call());
        } catch (Throwable failure) {
            outcome.completeExceptionally(failure);
        }
    }

    /** Waits until the call has brought something about and blocks. */
    void awaitBlocked(BooleanSupplier broughtAbout) {
        boolean blocked = Waiting.until(
                () -> outcome.isDone() || (BLOCKED.contains(thread.getState()) && broughtAbout.getAsBoolean()), LIMIT);
        assertThat(blocked).as("the call blocks").isTrue();
    }

    /**
     * Waits a short while for the call to end or block; one that reads from a socket can't be told from one that works. One that waits for its
     * turn at the clock or at a table looks blocked, too: it is given a moment more, or all time could pass meanwhile.
     */
    void awaitProgress() {
        boolean blocked = Waiting.until(() -> outcome.isDone() || BLOCKED.contains(thread.getState()), GLANCE);
        if (blocked) {
            boolean unused = Waiting.until(outcome::isDone, MOMENT);
        }
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean isDone() {
        return outcome.isDone();
    }

    T result() {
        return Waiting.forAnswer(outcome, LIMIT);
    }

    Throwable failure() {
        Throwable failure = catchThrowable(this::result);
        assertThat(failure).as("the failure of the call").isNotNull();
        return failure instanceof CompletionException wrapper && wrapper.getCause() != null
                ? wrapper.getCause()
                : failure;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    /** The call. */
    @FunctionalInterface
    interface Body<T> {
        T run(DistributedLock locks) throws Exception;
    }

    /** Starts a thread of some kind. */
    @FunctionalInterface
    interface ThreadStarter {
        Thread start(Runnable body);
    }
}
