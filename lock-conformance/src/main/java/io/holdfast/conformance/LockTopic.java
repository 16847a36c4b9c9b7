package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import io.holdfast.core.LockManager;
import io.holdfast.spi.AcquireRequest;
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
    /** Longer than any test. */
    static final Duration LONG_LEASE = Duration.ofMinutes(30);

    private static final Duration SHORTEST_ANSWER_TIMEOUT = Duration.ofMillis(500);

    private static final int MOST_STEPS = 40;

    private final Callbacks callbacks = closing(new Callbacks());

    private boolean paused;

    LockTopic(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    /** Another process with a lock manager, whose holds have the fixture's lease and aren't renewed. */
    final DistributedLock locks() {
        return locks(fixture().connect());
    }

    final DistributedLock locks(LockBackend backend) {
        return closing(LockManager.builder(backend)
                .defaultOptions(plain())
                .answerTimeout(answerTimeout())
                .callbackExecutor(callbacks)
                .time(fixture().ticker(), fixture().scheduler())
                .build());
    }

    /** A connection that fails to order. */
    final FaultyBackend faulty() {
        return new FaultyBackend(fixture().connect());
    }

    /**
     * How long lock managers wait for an answer: a store whose leases must be long may be slow, too, where much else goes on. Topics
     * in which no answer is lost have more patience.
     */
    Duration answerTimeout() {
        Duration half = lease().dividedBy(2);
        return half.compareTo(SHORTEST_ANSWER_TIMEOUT) > 0 ? half : SHORTEST_ANSWER_TIMEOUT;
    }

    final LockOptions plain() {
        return LockOptions.defaults().withLease(lease()).withAutoRenewal(false);
    }

    static LockOptions plain(Duration lease) {
        return LockOptions.defaults().withLease(lease).withAutoRenewal(false);
    }

    static LockOptions renewing(Duration lease) {
        return LockOptions.defaults().withLease(lease);
    }

    /** A request that may not wait, for a hold that outlasts the test. */
    final AcquireRequest longRequest(String client) {
        return AcquireRequests.of(
                resource, client, LONG_LEASE, Duration.ZERO, fixture().ticker());
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
            pass(answerTimeout().dividedBy(4));
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

    /** A lock manager that has talked to the store already: what happens while it connects is another matter. */
    final DistributedLock connectedLocks() {
        DistributedLock locks = locks();
        assertThat(locks.inspect(resource + "/never locked")).isEmpty();
        return locks;
    }

    final Duration passedSince(long start) {
        return Duration.ofNanos(fixture().ticker().read() - start);
    }

    /** Aborts a test that was itself too slow to tell whether a lease, begun after this moment, ended early. */
    final void assumeInTime(long start) {
        Assumptions.assumeTrue(
                passedSince(start).compareTo(lease()) < 0, "this machine was too busy to look before the lease ended");
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

    /** What one of several threads does. */
    @FunctionalInterface
    interface ParallelWork {
        void run(int thread) throws Exception;
    }
}
