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
import org.openjdk.jmh.infra.ThreadParams;

/**
 * 16 threads want one resource. Read it together with the fairness scenario: an unfair lock gets its figure from
 * letting one thread have the resource over and over.
 */
@State(Scope.Benchmark)
@Threads(16)
@SuppressWarnings("NullAway.Init")
public class ContendedBenchmark {
    /** Who is measured. */
    @Param
    public Contestant contestant;

    private final String[] resource = {Labels.of("resource-", 0)};
    private final CriticalSection[] guarded = {new CriticalSection()};
    private NamedLocks<?> locks;

    /** Opens the locks. */
    @Setup
    public void open() {
        locks = contestant.open();
    }

    /** Closes the locks. */
    @TearDown
    public void close() {
        locks.close();
    }

    /** One thread. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class Worker {
        private Visitor visitor;

        /**
         * Joins the others.
         *
         * @param shared what all want
         * @param thread which thread this is
         */
        @Setup
        public void prepare(ContendedBenchmark shared, ThreadParams thread) {
            visitor = new Visitor(thread.getThreadIndex(), shared.resource, shared.guarded);
        }
    }

    /**
     * Acquires and releases.
     *
     * @param worker the thread's own
     * @throws InterruptedException if JMH gives up
     */
    @Benchmark
    public void pair(Worker worker) throws InterruptedException {
        worker.visitor.visit(locks);
    }
}
