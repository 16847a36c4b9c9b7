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
 * 16 threads lock and release 64 resources each that no other thread uses: what threads cost each other that have
 * nothing to do with each other.
 */
@State(Scope.Benchmark)
@Threads(16)
@SuppressWarnings("NullAway.Init")
public class ManyKeysBenchmark {
    private static final int RESOURCES_PER_THREAD = 64;

    /** Who is measured. */
    @Param
    public Contestant contestant;

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

    /** One thread with its resources. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class Worker {
        private Visitor visitor;

        /**
         * Names the resources.
         *
         * @param thread which thread this is
         */
        @Setup
        public void prepare(ThreadParams thread) {
            visitor = Visitor.alone(thread.getThreadIndex(), RESOURCES_PER_THREAD);
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
