package io.holdfast.core;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A thread that makes one blocking call, and what came of it. */
final class Caller<T> {
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final CompletableFuture<Boolean> interruptedAfterwards = new CompletableFuture<>();
    private final Thread thread;

    private Caller(Callable<T> call) {
        thread = new Thread(() -> run(call), "caller");
        thread.setDaemon(true);
        thread.start();
    }

    static <T> Caller<T> of(Callable<T> call) {
        return new Caller<>(call);
    }

    static Caller<Boolean> of(Runnable call) {
        return new Caller<>(() -> {
            call.run();
            return true;
        });
    }

    private void run(Callable<T> call) {
        try {
            outcome.complete(call.call());
        } catch (Exception | Error thrown) {
            outcome.completeExceptionally(thrown);
        }
        interruptedAfterwards.complete(Thread.currentThread().isInterrupted());
    }

    Caller<T> untilBlocked() {
        ManagerRig.awaitBlocked(thread);
        return this;
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Interrupts, and waits until the call has taken notice and waits again. */
    void interruptAndLetItWaitOn() {
        thread.interrupt();
        ManagerRig.await(() -> !thread.isInterrupted());
        ManagerRig.awaitBlocked(thread);
    }

    boolean isDone() {
        return outcome.isDone();
    }

    /** What the call returned. */
    T result() throws Exception {
        return outcome.get(10, TimeUnit.SECONDS);
    }

    /** What the call threw. */
    Throwable failure() throws Exception {
        try {
            throw new AssertionError("returned " + outcome.get(10, TimeUnit.SECONDS));
        } catch (ExecutionException thrown) {
            return thrown.getCause();
        }
    }

    boolean interruptedAfterwards() throws Exception {
        return interruptedAfterwards.get(10, TimeUnit.SECONDS);
    }
}
