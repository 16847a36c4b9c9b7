package io.holdfast.core;

import io.holdfast.spi.AcquireRequest;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a shard knows of the requests that are being taken back, and of the leases that such requests may have given to holds of their
 * clients, unnoticed. Nearly always empty. Guarded by the shard's lock.
 */
final class Withdrawals {
    private final Set<Withdrawal> open = new LinkedHashSet<>();
    /** Leases, in milliseconds, that are longer than those which the manager was granted. */
    private final Map<HeldLock, Long> longerLeases = new HashMap<>();

    /** Knows a withdrawal from now on, if it doesn't yet. */
    void add(Withdrawal withdrawal) {
        open.add(withdrawal);
    }

    void end(Withdrawal withdrawal) {
        withdrawal.finish();
        open.remove(withdrawal);
    }

    Collection<Withdrawal> all() {
        return open;
    }

    /** Whether a request that is being taken back may lengthen the lease of its client's hold yet, or may have done so. */
    boolean mayLengthenLease(String resource, String client, long now) {
        return open.stream().anyMatch(other -> other.isOf(resource, client) && other.until() - now > 0);
    }

    /**
     * Notes that a request may have lengthened the lease of its client's hold until now.
     *
     * @param present the hold of the request's resource that the manager has, of whatever client
     */
    void noteLease(AcquireRequest request, @Nullable HeldLock present, long now) {
        long until = now + request.leaseMillis() * Services.NANOS_PER_MILLI;
        if (present != null
                && present.client().equals(request.client())
                && request.leaseMillis() > present.grant().leaseMillis()) {
            longerLeases.merge(present, request.leaseMillis(), Math::max);
            if (present.isBeingReleased()) {
                present.prolong(until);
            }
        }
        for (Withdrawal other : open) {
            if (other.isOf(request.resource(), request.client())) {
                other.prolong(until);
            }
        }
    }

    /** The longest lease, in milliseconds, that a hold may have in the backend. */
    long longestLease(HeldLock hold) {
        return longerLeases.getOrDefault(hold, hold.grant().leaseMillis());
    }

    void forget(HeldLock hold) {
        // Nearly always empty; and a look-up would first have to give the hold an identity hash, a tenth of what an
        // uncontended pair costs.
        if (!longerLeases.isEmpty()) {
            longerLeases.remove(hold);
        }
    }

    int size() {
        return open.size() + longerLeases.size();
    }
}
