package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.RenewableLocks;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** One thread renews its 16 holds in turn: the price of a heartbeat that an application sends itself. */
@State(Scope.Benchmark)
@Threads(1)
@SuppressWarnings("NullAway.Init")
public class RenewalBenchmark {
    private static final int RESOURCES = 16;

    /** Who is measured: those in memory that have leases. */
    @Param({"HOLDFAST", "SHEDLOCK", "CAFFEINE", "MAP_AND_TIMER"})
    public Contestant contestant;

    private Holds<?> holds;

    /**
     * Acquires the holds.
     *
     * @throws InterruptedException if JMH gives up
     */
    @Setup
    public void open() throws InterruptedException {
        if (!(contestant.open() instanceof RenewableLocks<?> locks)) {
            throw new IllegalStateException(contestant + " can't renew");
        }
        holds = Holds.acquire(locks);
    }

    /** Closes the locks. */
    @TearDown
    public void close() {
        holds.locks.close();
    }

    /** Renews the next hold. */
    @Benchmark
    public void heartbeat() {
        holds.renewNext();
    }

    private static final class Holds<H> {
        private final RenewableLocks<H> locks;
        private final List<H> held = new ArrayList<>(RESOURCES);
        private int next;

        private Holds(RenewableLocks<H> locks) {
            this.locks = locks;
        }

        static <H> Holds<H> acquire(RenewableLocks<H> locks) throws InterruptedException {
            Holds<H> holds = new Holds<>(locks);
            for (int i = 0; i < RESOURCES; i++) {
                holds.held.add(locks.acquire(Labels.of("held-", i), Labels.of("holder-", i)));
            }
            return holds;
        }

        void renewNext() {
            held.set(next, locks.renew(held.get(next)));
            next = (next + 1) % RESOURCES;
        }
    }
}
