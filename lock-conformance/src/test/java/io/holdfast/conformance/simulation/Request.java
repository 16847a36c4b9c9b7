package io.holdfast.conformance.simulation;

import io.holdfast.LockOptions;
import java.time.Duration;
import java.util.List;

/** What a client asks for. */
record Request(String resource, String client, LockOptions options, Duration timeout) {
    private static final List<Integer> LEASES = List.of(60, 200, 600, 1_000);
    private static final List<Integer> TIMEOUTS = List.of(0, 50, 500, 3_000);

    /** A request with a lease of a second at most. */
    static Request some(World world, String resource, String client) {
        LockOptions options = LockOptions.defaults().withLease(someLease(world)).withAutoRenewal(world.chance(0.7));
        return new Request(resource, client, options, Duration.ofMillis(world.oneOf(TIMEOUTS)));
    }

    /** A second at most. */
    static Duration someLease(World world) {
        return Duration.ofMillis(world.oneOf(LEASES));
    }

    @Override
    public String toString() {
        return client + " asks for " + resource + ", " + options + ", timeout " + timeout;
    }
}
