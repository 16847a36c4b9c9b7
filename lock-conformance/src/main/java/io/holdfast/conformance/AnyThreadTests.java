package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.spi.Grant;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Promise 15. */
abstract class AnyThreadTests extends LockTopic {
    private static final int THREADS = 8;
    private static final int VIRTUAL_THREADS = 100;

    AnyThreadTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(15)
    final void anotherThreadCanCloseTheHandle() throws Exception {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, renewing(LONG_LEASE));
        inParallel(1, thread -> hold.close());
        assertThat(hold.isValid()).isFalse();
        assertThat(peer().tryOnce(BOB)).isInstanceOf(Grant.class);
    }

    @Test
    @Promise(15)
    final void anotherThreadCanSendTheHeartbeat() throws Exception {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, plain(LONG_LEASE));
        inParallel(2, thread -> assertThat(hold.heartbeat()).isTrue());
    }

    @Test
    @Promise(15)
    final void ofManyThreadsThatReleaseOneDoes() throws Exception {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        given(!peer.release(new Ref(resource, BOB, held.token())), 7, "what isn't held is released");
        AtomicInteger released = new AtomicInteger();
        inParallel(THREADS, thread -> {
            if (peer.release(held)) {
                released.incrementAndGet();
            }
        });
        assertThat(released).hasValue(1);
    }

    @Test
    @Promise(15)
    final void ofManyThreadsThatCloseAHandleOneReleases() throws Exception {
        LockHandle hold = locks().acquire(resource, ALICE, Duration.ZERO, plain(LONG_LEASE));
        AtomicInteger released = new AtomicInteger();
        inParallel(THREADS, thread -> {
            if (hold.releaseAsync().join()) {
                released.incrementAndGet();
            }
        });
        assertThat(released).hasValue(1);
        assertThat(peer().look()).isEmpty();
    }

    @Test
    @Promise(15)
    final void threadsOfOneClientShareOneHold() throws Exception {
        Peer peer = peer();
        long token = peer.take(ALICE).token();
        given(token == peer.take(ALICE).token(), 6, "the holder who asks again gets another hold");
        DistributedLock locks = locks();
        Queue<LockHandle> holds = new ConcurrentLinkedQueue<>();
        inParallel(THREADS, thread -> holds.add(locks.acquire(resource, ALICE, LONG, plain(LONG_LEASE))));
        assertThat(holds).hasSize(THREADS);
        assertThat(holds.stream().distinct()).hasSize(1);
    }

    @Test
    @Promise(15)
    final void virtualThreadsWaitAndAreServed() {
        Call.ThreadStarter virtual = virtualThreads();
        DistributedLock locks = locks();
        AtomicInteger inside = new AtomicInteger();
        List<Call<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < VIRTUAL_THREADS; i++) {
            String client = "client-" + i;
            calls.add(closing(new Call<>(
                    () -> locks.withLock(resource, client, LONG, hold -> {
                        int others = inside.getAndIncrement();
                        Thread.onSpinWait();
                        inside.decrementAndGet();
                        return others;
                    }),
                    virtual)));
        }
        for (Call<Integer> call : calls) {
            assertThat(call.result()).as("others inside").isZero();
        }
    }

    @Test
    @Promise(15)
    final void aVirtualThreadCanBeInterrupted() {
        Call.ThreadStarter virtual = virtualThreads();
        Peer peer = peer();
        peer.take(ALICE);
        DistributedLock locks = locks();
        Call<LockHandle> bob = closing(new Call<>(() -> locks.acquire(resource, BOB, LONG), virtual));
        bob.awaitBlocked(() -> peer.waiters() == 1);
        bob.interrupt();
        assertThat(bob.failure()).isInstanceOf(InterruptedException.class);
        assertThat(peer.waiters()).isZero();
    }

    /** By reflection, because the suite is compiled for JDK 17. */
    private static Call.ThreadStarter virtualThreads() {
        Method start;
        try {
            start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (NoSuchMethodException old) {
            return Assumptions.abort("virtual threads need JDK 21 or newer");
        }
        return body -> {
            try {
                return (Thread) start.invoke(null, body);
            } catch (ReflectiveOperationException failure) {
                throw new LinkageError("Thread.startVirtualThread", failure);
            }
        };
    }
}
