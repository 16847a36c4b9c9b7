package io.holdfast.conformance;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits in real time, with a limit, for what other threads and servers do. */
final class Waiting {
    private static final long POLL_NANOS = 1_000_000;

    private Waiting() {}

    static <T> T forAnswer(CompletionStage<T> answer, Duration limit) {
        try {
            return answer.toCompletableFuture().get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause();
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new CompletionException(cause);
        } catch (TimeoutException silence) {
            throw new AssertionError("no answer within " + limit, silence);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for an answer", interrupt);
        }
    }

    /** Polls, because what it waits for happens out of sight: in a server, or as the state of a thread. */
    static boolean until(BooleanSupplier condition, Duration limit) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }
}
