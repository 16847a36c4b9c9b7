package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import io.holdfast.core.LockManager;
import io.holdfast.spi.Grant;
import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/** A topic whose tests also look at the backend as an application does, through lock managers. */
abstract class LockTopic extends Topic {
    /** For answers that come: a machine may be busy for a while. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration SHORTEST_IMPATIENCE = Duration.ofMillis(500);

    private static final int MOST_STEPS = 40;

    private final Callbacks callbacks = closing(new Callbacks());

    private boolean paused;

    LockTopic(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    /** Another process with a lock manager, whose holds outlast the test and aren't renewed. */
    final DistributedLock locks() {
        return locks(fixture().connect());
    }

    final DistributedLock locks(LockBackend backend) {
        return locks(backend, PATIENCE);
    }

    /** The same, but soon taking an answer for lost: for tests in which one is. */
    final DistributedLock impatientLocks() {
        return impatientLocks(fixture().connect());
    }

    final DistributedLock impatientLocks(LockBackend backend) {
        return locks(backend, impatience());
    }

    private DistributedLock locks(LockBackend backend, Duration answerTimeout) {
        return closing(LockManager.builder(backend)
                .defaultOptions(plain(LONG_LEASE))
                .answerTimeout(answerTimeout)
                .callbackExecutor(callbacks)
                .time(fixture().ticker(), fixture().scheduler())
                .build());
    }

    /** A connection that fails to order. */
    final FaultyBackend faulty() {
        return new FaultyBackend(fixture().connect());
    }

    /** How long impatient lock managers wait for an answer: a store whose leases must be long may be slow, too, where much else goes on. */
    final Duration impatience() {
        Duration half = lease().dividedBy(2);
        return half.compareTo(SHORTEST_IMPATIENCE) > 0 ? half : SHORTEST_IMPATIENCE;
    }

    /** For holds whose lease ends during the test. */
    final LockOptions brief() {
        return plain(lease());
    }

    static LockOptions plain(Duration lease) {
        return LockOptions.defaults().withLease(lease).withAutoRenewal(false);
    }

    static LockOptions renewing(Duration lease) {
        return LockOptions.defaults().withLease(lease);
    }

    @Override
    void pass(Duration duration) {
        super.pass(duration);
        callbacks.drain();
    }

    @Override
    final void eventually(String what, BooleanSupplier condition) {
        callbacks.drain();
        super.eventually(what, condition);
    }

    /** What the future is completed with. */
    final <T> T result(CompletableFuture<T> future) {
        callbacks.drain();
        return await(future);
    }

    /** What the future fails with. */
    final Throwable failure(CompletableFuture<?> future) {
        Throwable failure = catchThrowable(() -> result(future));
        assertThat(failure).as("the failure of the future").isNotNull();
        return failure;
    }

    /** Makes a blocking call on a thread of its own. */
    final <T> Call<T> call(DistributedLock locks, Call.Body<T> body) {
        return closing(new Call<>(locks, body));
    }

    /** What a call fails with, as time passes: long enough for a lock manager and its backend to give up. */
    final Throwable failureAsTimePasses(Call<?> call) {
        letEnd(call);
        return call.failure();
    }

    /** Lets time pass until the call has ended, or should have. */
    final void letEnd(Call<?> call) {
        for (int i = 0; i < MOST_STEPS; i++) {
            call.awaitProgress();
            if (call.isDone()) {
                return;
            }
            pass(impatience().dividedBy(4));
        }
    }

    /** Stops the store, which goes on when the test ends, if not before. */
    final void pauseStore() {
        fixture().faults().pause();
        paused = true;
        closing(this::resumeStore);
    }

    final void resumeStore() {
        if (paused) {
            paused = false;
            fixture().faults().resume();
        }
    }

    /** An impatient lock manager over a connection that has talked to the store already: what happens while it connects is another matter. */
    final DistributedLock connectedLocks() {
        LockBackend backend = fixture().connect();
        DistributedLock locks = impatientLocks(backend);
        for (LockBackend view : List.of(backend, backend.blocking())) {
            assertThat(await(view.inspect(resource + "/never locked"))).isEmpty();
        }
        return locks;
    }

    /** Aborts a test that was itself too slow to pause the store before a wait for as long as a lease, begun after this moment, was over. */
    final void assumeWaits(long start) {
        Duration limit = lease().compareTo(impatience()) < 0 ? lease() : impatience();
        Assumptions.assumeTrue(
                passedSince(start).compareTo(limit) < 0,
                "this machine was too busy to pause the store during the wait");
    }

    /** States that a hold isn't bound to the thread that acquired it. */
    final void givenAnyThread() {
        Peer peer = peer();
        Grant held = peer.take(AcquireRequests.of(
                resource + "/threads", ALICE, LONG, Duration.ZERO, fixture().ticker()));
        boolean released = closing(new Call<>(() -> peer.release(held))).result();
        given(released, 15, "a hold is bound to its thread");
    }

    /** Runs the same work on several threads that begin together, and fails if one of them does. */
    final void inParallel(int threads, ParallelWork work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Call<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            calls.add(closing(new Call<>(() -> {
                start.await();
                work.run(thread);
                return true;
            })));
        }
        for (Call<Boolean> call : calls) {
            call.result();
        }
    }

    /**
     * Runs a test's body on a thread in a group of its own. All threads that it starts, and those that they start, belong to
     * the group, while other tests start theirs elsewhere.
     */
    final void inThreadGroup(GroupWork work) {
        ThreadGroup group = new ThreadGroup("counted");
        closing(new Call<>(
                        () -> {
                            work.run(group);
                            return true;
                        },
                        body -> {
                            Thread created = new Thread(group, body, "counting test");
                            created.setDaemon(true);
                            created.start();
                            return created;
                        }))
                .result();
    }

    /** A test's body that looks at the threads of its group. */
    @FunctionalInterface
    interface GroupWork {
        void run(ThreadGroup threads) throws Exception;
    }

    /** What one of several threads does. */
    @FunctionalInterface
    interface ParallelWork {
        void run(int thread) throws Exception;
    }
}
