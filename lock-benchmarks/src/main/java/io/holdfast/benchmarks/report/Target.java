package io.holdfast.benchmarks.report;

import io.holdfast.benchmarks.contestants.Contestant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What Holdfast is to reach: at least, or at most, so many times a rival's figure of the same run, or so much.
 *
 * @param what what is compared, for a person
 * @param ours what of Holdfast's
 * @param theirs what is the measure; null if the bound is a figure of its own
 * @param atLeast whether more is wanted
 * @param bound the ratio, or the figure
 */
record Target(String what, Measured ours, @Nullable Measured theirs, boolean atLeast, double bound) {
    private static final String PAIRS = Metrics.PAIRS.name();
    private static final String FAILED = "waiters that failed";

    /**
     * Whose figure of what.
     *
     * @param scenario in which scenario
     * @param contestant of whom
     * @param metric of what
     */
    record Measured(String scenario, Contestant contestant, String metric) {
        /** Whether it is missing because a turn has failed. */
        boolean isOf(Failure failure) {
            return failure.scenario().equals(scenario) && failure.contestant().equals(contestant.label());
        }
    }

    /** All of them. */
    static List<Target> all() {
        Contestant memory = Contestant.HOLDFAST;
        Contestant redis = Contestant.HOLDFAST_REDIS;
        Contestant etcd = Contestant.HOLDFAST_ETCD;
        return List.of(
                atLeast("in memory, 1 thread", "uncontended", PAIRS, memory, Contestant.SHEDLOCK, 4),
                atLeast("in memory, 1 thread", "uncontended", PAIRS, memory, Contestant.REENTRANT_LOCK, 0.5),
                atLeast("in memory, 16 threads, own resources", "many-keys", PAIRS, memory, Contestant.SHEDLOCK, 10),
                atLeast(
                        "in memory, one resource, in order",
                        "contended",
                        PAIRS,
                        memory,
                        Contestant.FAIR_REENTRANT_LOCK,
                        1),
                new Target(
                        "in memory, 1 thread, 1,000,000 others held",
                        new Measured("held-locks", memory, PAIRS + " with 1,000,000 held"),
                        new Measured("held-locks", memory, PAIRS + " with 1 held"),
                        true,
                        0.9),
                atMost(
                        "heap left per lock once released, bytes, of 1,000,000",
                        "held-locks-memory",
                        "heap left per lock once released",
                        memory,
                        null,
                        1),
                atMost(
                        "virtual threads pinned, of 100,000 that wait",
                        "virtual-thread-waiters",
                        "virtual threads pinned",
                        memory,
                        null,
                        0),
                atMost(
                        "heap per held lock, bytes, 1,000,000 held",
                        "held-locks-memory",
                        "heap per held lock",
                        memory,
                        null,
                        250),
                atMost("expiry late by, ms, p99", "expiry-lateness", "late after the lease, p99", memory, null, 10),
                atLeast("Redis, 1 thread", "uncontended", PAIRS, redis, Contestant.RAW_POLLING, 0.95),
                atLeast("Redis, 1 thread", "uncontended", PAIRS, redis, Contestant.REDISSON, 2.5),
                atLeast("Redis, 16 threads, own resources", "many-keys", PAIRS, redis, Contestant.RAW_POLLING, 1.1),
                atLeast("Redis, 16 threads, own resources", "many-keys", PAIRS, redis, Contestant.REDISSON, 4),
                atLeast("Redis, 16 threads, own resources", "many-keys", PAIRS, redis, Contestant.SPRING_PUB_SUB, 1.7),
                new Target(
                        "Redis, own resources, asynchronous",
                        new Measured("many-keys-async", redis, PAIRS),
                        new Measured("many-keys", Contestant.RAW_POLLING, PAIRS),
                        true,
                        2),
                atLeast("Redis, one resource", "contended", PAIRS, redis, Contestant.RAW_PUB_SUB, 1.2),
                atLeast("Redis, one resource", "contended", PAIRS, redis, Contestant.REDISSON, 4),
                atLeast("Redis, one resource", "contended", PAIRS, redis, Contestant.REDISSON_FAIR, 10),
                atLeast("Redis, one resource: Jain's index", "contended", Metrics.JAIN.name(), redis, null, 0.999),
                atLeast("Redis, four JVMs", "several-jvms", PAIRS, redis, Contestant.RAW_PUB_SUB, 1.5),
                atLeast("Redis, four JVMs", "several-jvms", PAIRS, redis, Contestant.REDISSON, 15),
                atLeast("Redis, four JVMs", "several-jvms", PAIRS, redis, Contestant.REDISSON_FAIR, 30),
                atMost("Redis, wake-up, p50", "wake-up", "wait, p50", redis, Contestant.RAW_PUB_SUB, 0.85),
                atMost("Redis, wake-up, p50", "wake-up", "wait, p50", redis, Contestant.REDISSON, 0.35),
                atMost(
                        "Redis, processor time of renewals",
                        "renewal",
                        "processor time of 3 renewals",
                        redis,
                        Contestant.REDISSON,
                        0.2),
                atMost("Redis, heap per renewed hold", "renewal", "heap per hold", redis, Contestant.REDISSON, 0.6),
                atMost(
                        "Redis, waiters: all served after",
                        "waiters",
                        "all served after",
                        redis,
                        Contestant.REDISSON,
                        0.35),
                atMost("Redis, waiters: failed", "waiters", FAILED, redis, null, 0),
                atMost("Redis, waiters: threads", "waiters", "threads while all wait", redis, null, 0),
                atLeast("etcd, 1 thread", "uncontended", PAIRS, etcd, Contestant.RAW_TRANSACTIONS, 0.9),
                atLeast("etcd, 1 thread", "uncontended", PAIRS, etcd, Contestant.JETCD, 2.4),
                atLeast("etcd, 16 threads, own resources", "many-keys", PAIRS, etcd, Contestant.RAW_TRANSACTIONS, 0.95),
                atLeast("etcd, one resource", "contended", PAIRS, etcd, Contestant.JETCD, 4),
                atLeast("etcd, four JVMs", "several-jvms", PAIRS, etcd, Contestant.JETCD, 4),
                atMost("etcd, Raft proposals per pair", "uncontended", Metrics.PROPOSALS.name(), etcd, null, 2.05),
                atMost(
                        "etcd, Raft proposals per contended grant",
                        "contended",
                        Metrics.PROPOSALS.name(),
                        etcd,
                        null,
                        2.1),
                atMost(
                        "etcd, processor time of renewals",
                        "renewal",
                        "processor time of 3 renewals",
                        etcd,
                        Contestant.JETCD,
                        0.5),
                atMost("etcd, waiters: all served after", "waiters", "all served after", etcd, Contestant.JETCD, 0.5),
                atMost("etcd, waiters: failed", "waiters", FAILED, etcd, null, 0));
    }

    private static Target atLeast(
            String what, String scenario, String metric, Contestant ours, @Nullable Contestant theirs, double bound) {
        return of(what, scenario, metric, ours, theirs, true, bound);
    }

    private static Target atMost(
            String what, String scenario, String metric, Contestant ours, @Nullable Contestant theirs, double bound) {
        return of(what, scenario, metric, ours, theirs, false, bound);
    }

    private static Target of(
            String what,
            String scenario,
            String metric,
            Contestant ours,
            @Nullable Contestant theirs,
            boolean atLeast,
            double bound) {
        return new Target(
                what,
                new Measured(scenario, ours, metric),
                theirs == null ? null : new Measured(scenario, theirs, metric),
                atLeast,
                bound);
    }

    /** The ratio or figure that was measured. */
    OptionalDouble measured(Medians medians) {
        return theirs == null
                ? medians.of(ours.scenario(), ours.contestant().label(), ours.metric())
                : medians.ratio(ours, theirs);
    }

    /** Whether a turn that it takes has failed. */
    boolean needs(Failure failure) {
        return ours.isOf(failure) || (theirs != null && theirs.isOf(failure));
    }

    boolean isMet(double measured) {
        return atLeast ? measured >= bound : measured <= bound;
    }

    /** The bound, for a person. */
    String wanted() {
        String sign = atLeast ? "≥ " : "≤ ";
        String number = bound == Math.rint(bound)
                ? String.format(Locale.ROOT, "%.0f", bound)
                : String.format(Locale.ROOT, "%s", bound);
        return theirs == null ? sign + number : sign + number + " × " + measure(theirs);
    }

    private String measure(Measured theirs) {
        return theirs.contestant() == ours.contestant()
                ? theirs.metric()
                : theirs.contestant().title();
    }

    /** What was measured, for a person. */
    String reached(double measured) {
        String number = Rows.number(measured);
        return theirs == null ? number : number + " ×";
    }
}
