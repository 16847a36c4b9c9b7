package io.holdfast.conformance.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.SystemTime;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.sharded.MovingBackend;
import io.holdfast.sharded.ShardMap;
import io.holdfast.sharded.ShardedBackend;
import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Processes that go from one map of shards to another, one after the other, while many threads use them. It takes real time,
 * as what it looks for are the meetings of threads.
 */
class MovingShardsTest {
    private static final ShardMap OLD = ShardMap.of("a", "b");
    private static final ShardMap NEW = ShardMap.of("b", "c");
    private static final Duration LEASE = Duration.ofMillis(60);
    private static final int PROCESSES = 4;
    private static final Rules RULES = new Rules(false, Duration.ofMillis(500));

    private final SystemTime time = new SystemTime();
    private final Map<String, InMemoryEngine> engines =
            Map.of("a", InMemoryEngine.create(), "b", InMemoryEngine.create(), "c", InMemoryEngine.create());
    private final List<HammerConnection> processes = new ArrayList<>();
    /** How a process connects that starts now. */
    private volatile Supplier<LockBackend> phase = this::old;

    @AfterEach
    void close() {
        engines.values().forEach(InMemoryEngine::close);
        time.close();
    }

    @Test
    void noResourceIsGrantedByTwoShardsWhileTheyMove() throws Exception {
        List<Call> history = hammerWhile(Duration.ofMillis(4_500), () -> {
            pause(Duration.ofMillis(500));
            oneAfterTheOther(this::onTheWay);
            // As documented: the longest lease, and the time in which tokens are levelled.
            pause(Duration.ofSeconds(2));
            oneAfterTheOther(this::after);
        });

        assertThat(history).hasSizeGreaterThan(1_000);
        Verdict.of(RULES, history).assertCorrect();
    }

    /** What the test is worth: it finds what goes wrong when processes go from the old map to the new one directly. */
    @Test
    void aMoveWithoutTheStepBetweenIsFound() throws Exception {
        List<String> broken = List.of();
        // A busy machine may need several runs until two processes meet.
        for (int run = 0; run < 10 && !broken.contains("mutual exclusion"); run++) {
            processes.clear();
            phase = this::old;
            List<Call> history = hammerWhile(Duration.ofMillis(1_500), () -> {
                pause(Duration.ofMillis(300));
                oneAfterTheOther(this::after);
            });
            broken = Verdict.of(RULES, history).violations().stream()
                    .map(Violation::rule)
                    .toList();
        }

        assertThat(broken).contains("mutual exclusion");
    }

    private List<Call> hammerWhile(Duration duration, Mover mover) throws Exception {
        HammerPlan plan = new HammerPlan(PROCESSES, 3, 6, LEASE, duration, 0, 1);
        long end = System.nanoTime() + duration.toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(plan.connections() * plan.threads());
        try {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                HammerConnection process = new HammerConnection("p" + i, () -> phase.get(), line -> {});
                processes.add(process);
                for (int thread = 0; thread < plan.threads(); thread++) {
                    HammerThread worker = new HammerThread(process, plan, thread);
                    work.add(threads.submit(() -> hammer(worker, end)));
                }
            }
            mover.move();
            for (Future<?> done : work) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
            processes.forEach(HammerConnection::close);
        }
        return processes.stream()
                .flatMap(process -> process.calls().stream())
                // On the way, a look may see a hold in one shard before its token is raised to what both agree on.
                .filter(call -> call.kind() != Kind.INSPECT)
                .toList();
    }

    private static void hammer(HammerThread worker, long end) {
        while (System.nanoTime() - end < 0) {
            worker.doSomething();
        }
    }

    /** Restarts each process without warning, so that its holds end with their leases. */
    private void oneAfterTheOther(Supplier<LockBackend> next) throws InterruptedException {
        phase = next;
        for (HammerConnection process : processes) {
            process.crash();
            pause(Duration.ofMillis(150));
        }
    }

    /** What is looked for takes place in real time. */
    private static void pause(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }

    private LockBackend old() {
        return new ShardedBackend(OLD, Map.of("a", connect("a"), "b", connect("b")));
    }

    private LockBackend onTheWay() {
        Map<String, LockBackend> stores = Map.of("a", connect("a"), "b", connect("b"), "c", connect("c"));
        return MovingBackend.builder(OLD, NEW, stores, time, time)
                .longestLease(Duration.ofSeconds(1))
                .build();
    }

    private LockBackend after() {
        return new ShardedBackend(NEW, Map.of("b", connect("b"), "c", connect("c")));
    }

    private LockBackend connect(String shard) {
        return engines.get(shard).connect();
    }

    private interface Mover {
        void move() throws InterruptedException;
    }
}
