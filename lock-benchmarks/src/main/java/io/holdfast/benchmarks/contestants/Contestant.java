package io.holdfast.benchmarks.contestants;

import io.holdfast.benchmarks.contestants.etcd.CuratorLocks;
import io.holdfast.benchmarks.contestants.etcd.JetcdLocks;
import io.holdfast.benchmarks.contestants.etcd.SharedLeaseJetcdLocks;
import io.holdfast.benchmarks.contestants.etcd.TransactionLocks;
import io.holdfast.benchmarks.contestants.memory.CaffeineLocks;
import io.holdfast.benchmarks.contestants.memory.MapAndTimerLocks;
import io.holdfast.benchmarks.contestants.memory.ReentrantLocks;
import io.holdfast.benchmarks.contestants.memory.ShedLocks;
import io.holdfast.benchmarks.contestants.memory.StripedLocks;
import io.holdfast.benchmarks.contestants.redis.NotifiedRawLocks;
import io.holdfast.benchmarks.contestants.redis.Pings;
import io.holdfast.benchmarks.contestants.redis.PollingRawLocks;
import io.holdfast.benchmarks.contestants.redis.RedissonLocks;
import io.holdfast.benchmarks.contestants.redis.RenewedRawLocks;
import io.holdfast.benchmarks.contestants.redis.ShedJedisLocks;
import io.holdfast.benchmarks.contestants.redis.SpringLocks;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.integration.redis.util.RedisLockRegistry.RedisLockType;

/** Everything that is measured. What each does and lacks is said at its class. */
@SuppressWarnings("ImmutableEnumChecker") // Constructor references and sets that nobody changes.
public enum Contestant {
    /** Holdfast, in memory: lease, fencing token, handle and auto-renewal, first come first served. */
    HOLDFAST(Family.MEMORY, "Holdfast", setup -> new HoldfastLocks("memory:", setup.lease()), Trait.OURS),
    /** Holdfast, spread over three engines. */
    SHARDED_MEMORY(
            Family.MEMORY,
            "Holdfast, 3 shards",
            setup -> new HoldfastLocks("sharded:a=memory:;b=memory:;c=memory:", setup.lease()),
            Trait.COMPOSED),
    /** Holdfast by the majority of three engines. */
    QUORUM_MEMORY(
            Family.MEMORY,
            "Holdfast, quorum of 3",
            setup -> new HoldfastLocks("quorum:first-start=true;a=memory:;b=memory:;c=memory:", setup.lease()),
            Trait.COMPOSED),
    /** A map of unfair {@code ReentrantLock}s. */
    REENTRANT_LOCK(Family.MEMORY, "ReentrantLock map", setup -> new ReentrantLocks(false), Trait.NO_LEASE),
    /** A map of fair {@code ReentrantLock}s. */
    FAIR_REENTRANT_LOCK(Family.MEMORY, "fair ReentrantLock map", setup -> new ReentrantLocks(true), Trait.NO_LEASE),
    /** Guava's {@code Striped} locks. */
    STRIPED(Family.MEMORY, "Guava Striped", setup -> new StripedLocks(), Trait.NO_LEASE),
    /** ShedLock's in-memory provider. */
    SHEDLOCK(Family.MEMORY, "ShedLock", setup -> new ShedLocks(), Trait.POLLS),
    /** A Caffeine cache with an expiring entry per lock. */
    CAFFEINE(Family.MEMORY, "Caffeine entries", setup -> new CaffeineLocks(), Trait.POLLS),
    /** A concurrent map with an entry and a timer task per lock. */
    MAP_AND_TIMER(Family.MEMORY, "map and timer", setup -> new MapAndTimerLocks(), Trait.POLLS),

    /** Holdfast on Redis. */
    HOLDFAST_REDIS(
            Family.REDIS,
            "Holdfast",
            setup -> new HoldfastLocks(setup.redis(), setup.lease()),
            Trait.OURS,
            Trait.ASYNC,
            Trait.RENEWS),
    /** Holdfast, spread over three key spaces of the server: what it takes to choose among them. */
    SHARDED_REDIS(
            Family.REDIS,
            "Holdfast, 3 shards",
            setup -> new HoldfastLocks("sharded:" + setup.threeKeySpaces(), setup.lease()),
            Trait.COMPOSED,
            Trait.ASYNC),
    /** Holdfast by the majority of three key spaces of the server, which does the work of three. */
    QUORUM_REDIS(
            Family.REDIS,
            "Holdfast, quorum of 3",
            setup -> new HoldfastLocks("quorum:first-start=true;" + setup.threeKeySpaces(), setup.lease()),
            Trait.COMPOSED,
            Trait.ASYNC),
    /** Redisson's {@code getLock}. */
    REDISSON(
            Family.REDIS,
            "Redisson",
            setup -> RedissonLocks.single(setup, RedissonLocks.Kind.PLAIN),
            Trait.ASYNC,
            Trait.RENEWS),
    /** Redisson's {@code getFairLock}. */
    REDISSON_FAIR(Family.REDIS, "Redisson fair", setup -> RedissonLocks.single(setup, RedissonLocks.Kind.FAIR)),
    /** Redisson's {@code getFencedLock}. */
    REDISSON_FENCED(Family.REDIS, "Redisson fenced", setup -> RedissonLocks.single(setup, RedissonLocks.Kind.FENCED)),
    /** Redisson's {@code getSpinLock}. */
    REDISSON_SPIN(
            Family.REDIS, "Redisson spin", setup -> RedissonLocks.single(setup, RedissonLocks.Kind.SPIN), Trait.POLLS),
    /** Spring Integration's registry, waiting by pub/sub. */
    SPRING_PUB_SUB(
            Family.REDIS, "Spring pub-sub", setup -> new SpringLocks(setup, RedisLockType.PUB_SUB_LOCK), Trait.RENEWS),
    /** Spring Integration's registry, polling. */
    SPRING_SPIN(Family.REDIS, "Spring spin", setup -> new SpringLocks(setup, RedisLockType.SPIN_LOCK), Trait.POLLS),
    /** ShedLock's provider for Jedis. */
    SHEDLOCK_JEDIS(Family.REDIS, "ShedLock", ShedJedisLocks::new, Trait.POLLS),
    /** The floor that polls. */
    RAW_POLLING(Family.REDIS, "floor, polling", PollingRawLocks::new, Trait.POLLS, Trait.FLOOR),
    /** The floor that is told by pub/sub. */
    RAW_PUB_SUB(Family.REDIS, "floor, pub-sub", NotifiedRawLocks::new, Trait.FLOOR),
    /** The floor that renews its holds. */
    RAW_RENEWED(
            Family.REDIS,
            "floor, pipelined renewal",
            RenewedRawLocks::new,
            Trait.POLLS,
            Trait.FLOOR,
            Trait.RENEWS,
            Trait.ONLY_RENEWAL),
    /** Two PINGs. */
    PING(Family.REDIS, "PING twice", Pings::new, Trait.FLOOR, Trait.EXCLUDES_NOBODY),

    /** Holdfast on a Redis Cluster. */
    HOLDFAST_CLUSTER(
            Family.REDIS_CLUSTER,
            "Holdfast",
            setup -> new HoldfastLocks("redis+cluster://" + setup.redisCluster(), setup.lease()),
            Trait.OURS,
            Trait.ASYNC,
            Trait.RENEWS),
    /** Redisson on a Redis Cluster. */
    REDISSON_CLUSTER(Family.REDIS_CLUSTER, "Redisson", RedissonLocks::cluster, Trait.ASYNC, Trait.RENEWS),

    /** Holdfast on etcd. */
    HOLDFAST_ETCD(
            Family.ETCD,
            "Holdfast",
            setup -> new HoldfastLocks("etcd://" + setup.etcd(), setup.lease()),
            Trait.OURS,
            Trait.ASYNC,
            Trait.RENEWS),
    /** jetcd's {@code Lock} with a lease per hold. */
    JETCD(Family.ETCD, "jetcd Lock", JetcdLocks::new, Trait.ASYNC, Trait.RENEWS),
    /** jetcd's {@code Lock} with one lease. */
    JETCD_SHARED_LEASE(Family.ETCD, "jetcd Lock, shared lease", SharedLeaseJetcdLocks::new, Trait.EXCLUDES_NOBODY),
    /** Curator's mutex on ZooKeeper. */
    CURATOR(Family.ETCD, "Curator (ZooKeeper)", CuratorLocks::new),
    /** The floor: two transactions. */
    RAW_TRANSACTIONS(Family.ETCD, "floor, polling", TransactionLocks::new, Trait.POLLS, Trait.FLOOR);

    /** What decides where a contestant can take part. */
    public enum Trait {
        /** It is what this project makes. */
        OURS,
        /** It is made of several stores, and takes part where the price of that shows. */
        COMPOSED,
        /** It isn't a lock that one would use, but shows what the store itself takes. */
        FLOOR,
        /** Its waiters ask again and again. */
        POLLS,
        /** Its holds never expire. */
        NO_LEASE,
        /** It can be asked without a thread that waits for the answer. */
        ASYNC,
        /** It can renew its holds. */
        RENEWS,
        /** It takes part where holds are renewed and nowhere else. */
        ONLY_RENEWAL,
        /** Two can hold the same resource. */
        EXCLUDES_NOBODY
    }

    private final Family family;
    private final String title;
    private final Function<Setup, NamedLocks<?>> factory;
    private final Set<Trait> traits = EnumSet.noneOf(Trait.class);

    Contestant(Family family, String title, Function<Setup, NamedLocks<?>> factory, Trait... traits) {
        this.family = family;
        this.title = title;
        this.factory = factory;
        this.traits.addAll(Arrays.asList(traits));
    }

    /**
     * Starts afresh with the servers that this JVM was told of.
     *
     * @return locks; to be closed
     */
    public NamedLocks<?> open() {
        return open(Setup.ofThisJvm());
    }

    /**
     * Starts afresh.
     *
     * @param setup with which servers
     * @return locks; to be closed
     */
    public NamedLocks<?> open(Setup setup) {
        return factory.apply(setup);
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
     * With whom it is compared.
     *
     * @return its family
     */
    public Family family() {
        return family;
    }

    /**
     * What a person calls it within its family.
     *
     * @return the name in charts and tables
     */
    public String title() {
        return title;
    }

    /**
     * Whether it has a trait.
     *
     * @param trait which
     * @return true if it has
     */
    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /**
     * The name on the command line and in figures.
     *
     * @return lower case, with hyphens
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds a contestant by its name.
     *
     * @param label as {@link #label} says
     * @return the contestant
     * @throws IllegalArgumentException if there is none
     */
    public static Contestant of(String label) {
        return Arrays.stream(values())
                .filter(contestant -> contestant.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no contestant '" + label + "'"));
    }

    /**
     * All of a family.
     *
     * @param family which
     * @return its contestants, in their order
     */
    public static Set<Contestant> of(Family family) {
        return Arrays.stream(values())
                .filter(contestant -> contestant.family == family)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Contestant.class)));
    }
}
