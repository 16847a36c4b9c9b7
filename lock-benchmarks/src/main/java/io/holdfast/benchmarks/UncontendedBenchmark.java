package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.NamedLocks;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** One thread locks and releases 16 resources in turn, and nobody is in its way: the price of a lock itself. */
@State(Scope.Benchmark)
@Threads(1)
@SuppressWarnings("NullAway.Init")
public class UncontendedBenchmark {
    private static final int RESOURCES = 16;

    /** Who is measured. */
    @Param
    public Contestant contestant;

    private NamedLocks<?> locks;
    private Visitor visitor;

    /** Opens the locks. */
    @Setup
    public void open() {
        locks = contestant.open();
        visitor = Visitor.alone(0, RESOURCES);
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
