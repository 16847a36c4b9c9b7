package io.holdfast.benchmarks.contestants;

import java.util.Locale;
import java.util.function.Supplier;

/** Everything that is measured. What each does and lacks is said at its class. */
@SuppressWarnings("ImmutableEnumChecker") // Constructor references: they hold no state.
public enum Contestant {
    /** Holdfast, in memory: lease, fencing token, handle and auto-renewal, first come first served. */
    HOLDFAST(HoldfastLocks::new),
    /** A map of unfair {@code ReentrantLock}s. */
    REENTRANT_LOCK(() -> new ReentrantLocks(false)),
    /** A map of fair {@code ReentrantLock}s. */
    FAIR_REENTRANT_LOCK(() -> new ReentrantLocks(true)),
    /** Guava's {@code Striped} locks. */
    STRIPED(StripedLocks::new),
    /** ShedLock's in-memory provider. */
    SHEDLOCK(ShedLocks::new),
    /** A Caffeine cache with an expiring entry per lock. */
    CAFFEINE(CaffeineLocks::new),
    /** A concurrent map with an entry and a timer task per lock. */
    MAP_AND_TIMER(MapAndTimerLocks::new);

    private final Supplier<NamedLocks<?>> factory;

    Contestant(Supplier<NamedLocks<?>> factory) {
        this.factory = factory;
    }

    /**
     * Starts afresh.
     *
     * @return locks that nobody holds; to be closed
     */
    public NamedLocks<?> open() {
        return factory.get();
    }

    /**
     * Starts afresh, for contestants whose holds expire and that tell of it.
     *
     * @return locks that nobody holds; to be closed
     * @throws IllegalArgumentException for other contestants
     */
    public ExpiringLocks openExpiring() {
        NamedLocks<?> locks = open();
        if (locks instanceof ExpiringLocks expiring) {
            return expiring;
        }
        locks.close();
        throw new IllegalArgumentException(label() + " doesn't tell when a lease has run out");
    }

    /**
     * The name on the command line and in tables.
     *
     * @return lower case, with hyphens
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
