package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Contestant.Trait;
import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.crew.CrewScenario;
import io.holdfast.benchmarks.programs.ExpiryLateness;
import io.holdfast.benchmarks.programs.Fairness;
import io.holdfast.benchmarks.programs.HeldLocksMemory;
import io.holdfast.benchmarks.programs.Program;
import io.holdfast.benchmarks.programs.VirtualThreadWaiters;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is measured, and who can take part in it. In memory, where a lock takes nanoseconds, JMH or a program measures
 * each contestant in a fresh JVM; on servers, crews of JVMs take turns.
 */
enum Scenario {
    /** One thread, nobody in its way. */
    UNCONTENDED(UncontendedBenchmark.class, CrewScenario.UNCONTENDED, false),
    /** 16 threads with resources of their own. */
    MANY_KEYS(ManyKeysBenchmark.class, CrewScenario.MANY_KEYS, false),
    /** The same by the asynchronous API. */
    MANY_KEYS_ASYNC(null, CrewScenario.MANY_KEYS_ASYNC, false),
    /** 16 threads that want one resource: how much, how long, how fair. */
    CONTENDED(Fairness.class, CrewScenario.CONTENDED, false),
    /** Four JVMs of four threads that want one resource. */
    SEVERAL_JVMS(null, CrewScenario.SEVERAL_JVMS, false),
    /** From release in one JVM to acquired in another. */
    WAKE_UP(null, CrewScenario.WAKE_UP, false),
    /** 1, 4, 16, 64 threads with resources of their own. */
    THREADS(null, CrewScenario.THREADS, true),
    /** Many that wait for one resource in one JVM. */
    WAITERS(null, CrewScenario.WAITERS, false),
    /** Many holds that are renewed; in memory, the price of a heartbeat. */
    RENEWAL(RenewalBenchmark.class, CrewScenario.RENEWAL, false),
    /** See {@link HeldLocksBenchmark}. */
    HELD_LOCKS(HeldLocksBenchmark.class, null, true),
    /** See {@link HeldLocksMemory}. */
    HELD_LOCKS_MEMORY(HeldLocksMemory.class, null, true),
    /** See {@link ExpiryLateness}. */
    EXPIRY_LATENESS(ExpiryLateness.class, null, true),
    /** See {@link VirtualThreadWaiters}. */
    VIRTUAL_THREAD_WAITERS(VirtualThreadWaiters.class, null, true);

    private static final Set<Contestant> SCALED = EnumSet.of(
            Contestant.HOLDFAST_REDIS,
            Contestant.REDISSON,
            Contestant.SPRING_PUB_SUB,
            Contestant.RAW_POLLING,
            Contestant.HOLDFAST_ETCD,
            Contestant.JETCD,
            Contestant.RAW_TRANSACTIONS);

    /** Where it shows what it takes to choose a shard, or to ask a majority. */
    private static final Set<Scenario> COMPOSED = EnumSet.of(UNCONTENDED, MANY_KEYS, MANY_KEYS_ASYNC, CONTENDED);

    private final @Nullable Class<?> memory;
    private final @Nullable CrewScenario servers;
    private final boolean heavy;

    Scenario(@Nullable Class<?> memory, @Nullable CrewScenario servers, boolean heavy) {
        this.memory = memory;
        this.servers = servers;
        this.heavy = heavy;
    }

    /** The name on the command line and in tables: lower case, with hyphens. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The class that measures what is in memory: a JMH benchmark or a program. */
    @Nullable
    Class<?> memory() {
        return memory;
    }

    /** How crews measure what is on servers. */
    @Nullable
    CrewScenario servers() {
        return servers;
    }

    /** Whether it has fewer turns, since it takes long and varies little. */
    boolean isHeavy() {
        return heavy;
    }

    /** Whether, in memory, it is a program of its own and not a JMH benchmark. */
    boolean isProgram() {
        return memory != null && Program.class.isAssignableFrom(memory);
    }

    /** Whether it needs a JVM that has virtual threads. */
    boolean needsVirtualThreads() {
        return this == VIRTUAL_THREAD_WAITERS;
    }

    /** Who of a family can take part. */
    Set<Contestant> contestants(Family family) {
        return Contestant.of(family).stream()
                .filter(family == Family.MEMORY ? this::admitsInMemory : this::admitsOnServers)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Contestant.class)));
    }

    private boolean admitsInMemory(Contestant contestant) {
        return memory != null
                && (!contestant.is(Trait.COMPOSED) || COMPOSED.contains(this))
                && switch (this) {
                    // Names that share a stripe would wait for each other.
                    case HELD_LOCKS, HELD_LOCKS_MEMORY -> contestant != Contestant.STRIPED;
                    // The others have no leases, or don't tell when one has run out.
                    case EXPIRY_LATENESS ->
                        EnumSet.of(Contestant.HOLDFAST, Contestant.CAFFEINE, Contestant.MAP_AND_TIMER)
                                .contains(contestant);
                    // The others have no leases.
                    case RENEWAL ->
                        EnumSet.of(
                                        Contestant.HOLDFAST,
                                        Contestant.SHEDLOCK,
                                        Contestant.CAFFEINE,
                                        Contestant.MAP_AND_TIMER)
                                .contains(contestant);
                    // The others don't wait, they poll.
                    case VIRTUAL_THREAD_WAITERS -> !contestant.is(Trait.POLLS) && contestant != Contestant.STRIPED;
                    default -> true;
                };
    }

    private boolean admitsOnServers(Contestant contestant) {
        if (servers == null
                || (contestant.is(Trait.ONLY_RENEWAL) && this != RENEWAL)
                || (contestant.is(Trait.COMPOSED) && !COMPOSED.contains(this))) {
            return false;
        }
        return switch (this) {
            case UNCONTENDED, MANY_KEYS -> true;
            case MANY_KEYS_ASYNC -> contestant.is(Trait.ASYNC);
            case THREADS -> SCALED.contains(contestant);
            case RENEWAL -> contestant.is(Trait.RENEWS);
            case WAITERS -> !contestant.is(Trait.POLLS) && !contestant.is(Trait.EXCLUDES_NOBODY);
            default -> !contestant.is(Trait.EXCLUDES_NOBODY);
        };
    }
}
