package io.holdfast.examples;

import io.holdfast.DistributedLock;
import io.holdfast.LockClient;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.LockTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** What is often built on a lock, each in a few lines; {@code docs/recipes.md} says when to use which. */
public final class Recipes {
    private Recipes() {}

    /**
     * Does a job unless somebody is at it already.
     *
     * @param locks where the locks are
     * @param job its name
     * @param work the job
     * @return false if somebody else was at it, and nothing was done
     * @throws InterruptedException if the thread is interrupted before it is clear whether anybody is at it
     */
    public static boolean runUnlessHeld(DistributedLock locks, String job, Runnable work) throws InterruptedException {
        Optional<LockHandle> free = locks.newClient().tryAcquire(job);
        if (free.isEmpty()) {
            return false;
        }
        try (LockHandle hold = free.get()) {
            work.run();
            return hold.isValid();
        }
    }

    /**
     * Does a job that must not begin again for a while, by whichever process. The lock ends by its lease alone: nobody releases it.
     *
     * @param locks where the locks are; when it is closed, so is this hold
     * @param job its name
     * @param pause how long nobody is to begin it again; longer than the work takes
     * @param work the job
     * @return false if it was done, or begun, less than a pause ago
     * @throws InterruptedException if the thread is interrupted before it is clear whose turn it is
     */
    public static boolean runAtMostOncePer(DistributedLock locks, String job, Duration pause, Runnable work)
            throws InterruptedException {
        LockOptions untilThen = LockOptions.defaults().withLease(pause).withAutoRenewal(false);
        Optional<LockHandle> turn = locks.newClient().tryAcquire(job, Duration.ZERO, untilThen);
        turn.ifPresent(hold -> work.run());
        return turn.isPresent();
    }

    /**
     * Locks several resources at once. All who do so take them in the same order, that of their names, so that no two can wait for each other.
     *
     * @param locks where the locks are
     * @param resources what to lock
     * @param timeout how long to wait for all of them together
     * @param work what to do
     * @param <T> what the work returns
     * @return what the work returned
     * @throws LockTimeoutException if one of them was held by somebody else; none is held then
     * @throws Exception if the work throws it, or the thread is interrupted while it waits
     */
    public static <T> T withAll(DistributedLock locks, Collection<String> resources, Duration timeout, Callable<T> work)
            throws Exception {
        LockClient client = locks.newClient();
        long deadline = System.nanoTime() + timeout.toNanos();
        Deque<LockHandle> holds = new ArrayDeque<>();
        try {
            for (String resource : new TreeSet<>(resources)) {
                long left = Math.max(0, deadline - System.nanoTime());
                holds.push(client.acquire(resource, Duration.ofNanos(left)));
            }
            return work.call();
        } finally {
            holds.forEach(LockHandle::close);
        }
    }

    /**
     * Goes through items for as long as the hold lasts, and stops where it doesn't.
     *
     * @param hold under which all items are to be processed
     * @param items what is to be processed
     * @param process processes one; a write takes the hold's token along
     * @param <T> what the items are
     * @throws io.holdfast.LockLostException if the hold was lost before all were processed
     */
    public static <T> void whileHeld(LockHandle hold, Iterable<T> items, Consumer<? super T> process) {
        for (T item : items) {
            hold.ensureValid();
            process.accept(item);
        }
    }

    /**
     * Waits for a resource without a thread, works under it, and releases it whatever came of the work.
     *
     * @param locks where the locks are
     * @param resource what to lock
     * @param timeout how long to wait
     * @param work what to do; it must not block
     * @param <T> what the work gives
     * @return completes with what the work gave, when its release is on the way
     */
    public static <T> CompletableFuture<T> withLockAsync(
            DistributedLock locks, String resource, Duration timeout, Function<LockHandle, CompletableFuture<T>> work) {
        return locks.newClient()
                .acquireAsync(resource, timeout)
                .thenCompose(hold -> CompletableFuture.completedFuture(hold)
                        .thenCompose(work)
                        .whenComplete((result, failure) -> {
                            CompletableFuture<Boolean> unused = hold.releaseAsync();
                        }));
    }
}
