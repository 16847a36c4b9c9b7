package io.holdfast.etcd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.conformance.history.Verdict;
import io.holdfast.conformance.history.Violation;
import io.holdfast.testservers.StallWatch;
import java.time.Duration;
import java.util.List;

/** What histories say that were recorded on a machine which may stand still. */
final class Histories {
    /** What seems to be broken if a waiter's lease runs out, and its ticket with it, or etcd ends a lease late. */
    private static final List<String> LATE = List.of("linearizability", "first come, first served");

    private Histories() {}

    /** Aborts the test if a verdict is wrong for no other reason than that leases have run out, and the machine stood still for so long. */
    static void assumeInTime(Verdict verdict, StallWatch stalls, Duration lease) {
        Duration stall = stalls.longestStall();
        boolean mayBeLate = stall.compareTo(lease.dividedBy(3)) > 0;
        boolean onlyLate = !verdict.violations().isEmpty()
                && verdict.violations().stream().map(Violation::rule).allMatch(LATE::contains);
        assumeTrue(
                !mayBeLate || !onlyLate,
                () -> "this machine was too busy: it stood still for " + stall + ", which may explain "
                        + verdict.violations());
    }
}
