package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.programs.ExpiryLateness;
import io.holdfast.benchmarks.programs.Fairness;
import io.holdfast.benchmarks.programs.HeldLocksMemory;
import io.holdfast.benchmarks.programs.Program;
import io.holdfast.benchmarks.programs.VirtualThreadWaiters;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What is measured, and who can take part in it. */
enum Scenario {
    /** See {@link UncontendedBenchmark}. */
    UNCONTENDED(UncontendedBenchmark.class, EnumSet.allOf(Contestant.class)),
    /** See {@link ManyKeysBenchmark}. */
    MANY_KEYS(ManyKeysBenchmark.class, EnumSet.allOf(Contestant.class)),
    /** See {@link ContendedBenchmark}. */
    CONTENDED(ContendedBenchmark.class, EnumSet.allOf(Contestant.class)),
    /** See {@link HeldLocksBenchmark}. Names that share a stripe would wait for each other. */
    HELD_LOCKS(HeldLocksBenchmark.class, EnumSet.complementOf(EnumSet.of(Contestant.STRIPED))),
    /** See {@link Fairness}. */
    FAIRNESS(Fairness.class, EnumSet.allOf(Contestant.class)),
    /** See {@link HeldLocksMemory}. Names that share a stripe would wait for each other. */
    HELD_LOCKS_MEMORY(HeldLocksMemory.class, EnumSet.complementOf(EnumSet.of(Contestant.STRIPED))),
    /** See {@link ExpiryLateness}. The others have no leases, or don't tell when one has run out. */
    EXPIRY_LATENESS(
            ExpiryLateness.class, EnumSet.of(Contestant.HOLDFAST, Contestant.CAFFEINE, Contestant.MAP_AND_TIMER)),
    /** See {@link VirtualThreadWaiters}. The others don't wait, they poll. */
    VIRTUAL_THREAD_WAITERS(
            VirtualThreadWaiters.class,
            EnumSet.of(Contestant.HOLDFAST, Contestant.REENTRANT_LOCK, Contestant.FAIR_REENTRANT_LOCK));

    private final Class<?> code;

    @SuppressWarnings("ImmutableEnumChecker") // Only handed out as a copy.
    private final Set<Contestant> contestants;

    Scenario(Class<?> code, Set<Contestant> contestants) {
        this.code = code;
        this.contestants = contestants;
    }

    /** The name on the command line and in tables: lower case, with hyphens. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Who can take part. */
    Set<Contestant> contestants() {
        return EnumSet.copyOf(contestants);
    }

    /** The class that measures: a JMH benchmark or a program. */
    Class<?> code() {
        return code;
    }

    /** Whether it is a program of its own and not a JMH benchmark. */
    boolean isProgram() {
        return Program.class.isAssignableFrom(code);
    }

    /** Whether it needs a JVM that has virtual threads. */
    boolean needsVirtualThreads() {
        return this == VIRTUAL_THREAD_WAITERS;
    }
}
