package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.NamedLocks;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * One thread locks and releases 16 resources in turn while many others are held, as the default options hold them: the
 * price must not grow with their number. What renewing the held ones costs is part of the figure.
 */
@State(Scope.Benchmark)
@Threads(1)
@SuppressWarnings("NullAway.Init")
public class HeldLocksBenchmark {
    private static final int RESOURCES = 16;

    /** Who is measured; Striped can't hold a million locks of different names. */
    @Param({"HOLDFAST", "REENTRANT_LOCK", "FAIR_REENTRANT_LOCK", "SHEDLOCK", "CAFFEINE", "MAP_AND_TIMER"})
    public Contestant contestant;

    /** How many other locks are held. */
    @Param({"1", "1000", "1000000"})
    public int held;

    private NamedLocks<?> locks;
    private Visitor visitor;
    private List<Object> holds;

    /**
     * Opens the locks and holds many.
     *
     * @throws InterruptedException if JMH gives up
     */
    @Setup
    public void open() throws InterruptedException {
        locks = contestant.open();
        visitor = Visitor.alone(0, RESOURCES);
        holds = new ArrayList<>(held);
        for (int i = 0; i < held; i++) {
            holds.add(locks.acquire(Labels.of("held-", i), Labels.of("holder-", i)));
        }
    }

    /** Closes the locks. */
    @TearDown
    public void close() {
        locks.close();
    }

    /**
     * Acquires and releases.
     *
     * @throws InterruptedException if JMH gives up
     */
    @Benchmark
    public void pair() throws InterruptedException {
        visitor.visit(locks);
    }
}
