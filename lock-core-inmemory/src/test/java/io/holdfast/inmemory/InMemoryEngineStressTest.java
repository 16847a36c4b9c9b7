package io.holdfast.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockTimeoutException;
import io.holdfast.core.LockManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads and several managers on few resources, in real time: nobody shares a hold, and nothing is left behind. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InMemoryEngineStressTest {
    private static final int THREADS = 16;
    private static final int ROUNDS = 300;

    private final InMemoryEngine engine = InMemoryEngine.create();
    private final List<DistributedLock> managers = new ArrayList<>();
    private final List<Guarded> resources = List.of(new Guarded("a"), new Guarded("b"), new Guarded("c"));
    private final AtomicInteger disturbances = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @BeforeEach
    void connect() {
        for (int i = 0; i < 4; i++) {
            managers.add(LockManager.builder(engine.connect())
                    .time(engine.ticker(), engine.scheduler())
                    .build());
        }
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        managers.forEach(DistributedLock::close);
        engine.close();
    }

    @Test
    void clientsThatTryWaitGiveUpAndCancelExcludeEachOther() throws Exception {
        run(this::tryWaitOrCancel);
        assertNothingIsLeft();
    }

    @Test
    void interruptedClientsExcludeEachOther() throws Exception {
        List<Thread> workers = new ArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        Thread disturber = new Thread(() -> interruptAtRandom(workers, over), "disturber");
        disturber.start();
        try {
            run((random, name) -> {
                enlist(workers);
                acquireDespiteInterrupts(random, name);
            });
        } finally {
            over.set(true);
            disturber.join();
        }
        assertThat(disturbances).as("acquires that were interrupted").hasPositiveValue();
        assertNothingIsLeft();
    }

    @Test
    void requestsOfOneClientShareHoldsAndLeaveNothing() throws Exception {
        run((random, name) -> {
            LockHandle hold = manager(random).acquire("shared", "one", Duration.ofSeconds(20));
            assertThat(hold.fencingToken()).isPositive();
            if (random.nextBoolean()) {
                hold.close();
            } else {
                manager(random).release("shared", "one");
            }
        });
        managers.get(0).release("shared", "one");
        assertNothingIsLeft();
    }

    private interface Work {
        void once(Random random, String name) throws Exception;
    }

    private void run(Work work) throws Exception {
        List<Callable<Boolean>> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            workers.add(() -> {
                Random random = new Random(number);
                for (int round = 0; round < ROUNDS; round++) {
                    work.once(random, "client " + number + "." + round);
                }
                return true;
            });
        }
        for (Future<Boolean> worker : threads.invokeAll(workers)) {
            assertThat(worker.get()).isTrue();
        }
    }

    private DistributedLock manager(Random random) {
        return managers.get(random.nextInt(managers.size()));
    }

    private void tryWaitOrCancel(Random random, String name) throws Exception {
        Guarded resource = resources.get(random.nextInt(resources.size()));
        switch (random.nextInt(4)) {
            case 0 -> manager(random).tryAcquire(resource.name, name).ifPresent(resource::use);
            case 1 -> {
                try {
                    resource.use(manager(random).acquire(resource.name, name, shortTime(random)));
                } catch (LockTimeoutException late) {
                    assertThat(late.resource()).isEqualTo(resource.name);
                }
            }
            case 2 -> {
                CompletableFuture<LockHandle> asked =
                        manager(random).acquireAsync(resource.name, name, Duration.ofSeconds(20));
                LockSupport.parkNanos(random.nextInt(200_000));
                if (!asked.cancel(false)) {
                    resource.use(asked.get());
                }
            }
            default -> resource.use(manager(random).acquire(resource.name, name, Duration.ofSeconds(20)));
        }
    }

    private static Duration shortTime(Random random) {
        return Duration.ofNanos(random.nextInt(1_000_000));
    }

    private void acquireDespiteInterrupts(Random random, String name) throws ExecutionException {
        Guarded resource = resources.get(random.nextInt(resources.size()));
        if (random.nextBoolean()) {
            try {
                resource.use(manager(random).acquire(resource.name, name, Duration.ofSeconds(20)));
            } catch (InterruptedException disturbed) {
                disturbances.incrementAndGet();
            }
            return;
        }
        CompletableFuture<LockHandle> asked = manager(random).acquireAsync(resource.name, name, Duration.ofSeconds(20));
        try {
            resource.use(asked.get());
        } catch (InterruptedException disturbed) {
            if (!asked.cancel(false)) {
                resource.use(asked.join());
            }
        }
    }

    private static void enlist(List<Thread> workers) {
        synchronized (workers) {
            if (!workers.contains(Thread.currentThread())) {
                workers.add(Thread.currentThread());
            }
        }
    }

    private static void interruptAtRandom(List<Thread> workers, AtomicBoolean over) {
        Random random = new Random(1);
        while (!over.get()) {
            LockSupport.parkNanos(50_000);
            synchronized (workers) {
                if (!workers.isEmpty()) {
                    workers.get(random.nextInt(workers.size())).interrupt();
                }
            }
        }
    }

    /** Withdrawals may still be on their way for a moment. */
    private void assertNothingIsLeft() {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (engine.size() > 0 && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(engine.size()).as("what the engine remembers").isZero();
    }

    /** What a resource protects: it notices when two use it at once, or when an older hold comes after a newer one. */
    private static final class Guarded {
        private final String name;
        private final AtomicBoolean inUse = new AtomicBoolean();
        private volatile long latestToken;

        Guarded(String name) {
            this.name = name;
        }

        void use(LockHandle hold) {
            assertThat(inUse.compareAndSet(false, true)).as("alone").isTrue();
            assertThat(hold.fencingToken()).isGreaterThan(latestToken);
            latestToken = hold.fencingToken();
            assertThat(hold.isValid()).isTrue();
            inUse.set(false);
            hold.close();
        }
    }
}
