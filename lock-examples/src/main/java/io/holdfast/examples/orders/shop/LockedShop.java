package io.holdfast.examples.orders.shop;

import io.holdfast.DistributedLock;
import io.holdfast.InMemoryFencingGuard;
import io.holdfast.LockException;
import io.holdfast.LockOptions;
import io.holdfast.examples.orders.input.Order;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

final class LockedShop extends Shop {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final DistributedLock locks;
    private final InMemoryFencingGuard guard = new InMemoryFencingGuard();
    private final Duration timeout;
    private final LockOptions options;
    /** Workers of two runs on the same backend must not pass for the same client. */
    private final String run = UUID.randomUUID().toString();

    LockedShop(Stock stock, DistributedLock locks, Duration timeout, LockOptions options) {
        super(stock);
        this.locks = locks;
        this.timeout = timeout;
        this.options = options;
    }

    @Override
    public boolean hasLocks() {
        return true;
    }

    @Override
    Seller seller(String worker, Activity activity) {
        return new LockedSeller(locks, guard, stock(), client(worker), timeout, options, activity);
    }

    @Override
    Optional<PausedWorker> pausedWorker(Order order) {
        LockOptions pause = options.withLease(leaseToSleepPast()).withAutoRenewal(false);
        // Its wait for the lease to run out is part of the story, not of the statistics.
        Activity unseen = new Activity("worker B", new Waits());
        return Optional.of(new PausedWorker(
                new LockedSeller(locks, guard, stock(), client("worker A"), timeout, pause, unseen),
                new LockedSeller(
                        locks, guard, stock(), client("worker B"), timeout.plus(pause.lease()), options, unseen),
                order));
    }

    @Override
    OptionalLong locksHeld(Collection<Order> orders) {
        try {
            return OptionalLong.of(orders.stream()
                    .map(Order::resource)
                    .distinct()
                    .flatMap(resource -> locks.inspect(resource).stream())
                    .filter(info -> info.client().startsWith(run))
                    .count());
        } catch (LockException unknown) {
            return OptionalLong.empty();
        }
    }

    /** Long enough to be seen, but not so long that those who wait for the same item give up. */
    private Duration leaseToSleepPast() {
        Duration half = timeout.dividedBy(2);
        if (half.compareTo(LONGEST_PAUSE) > 0) {
            return LONGEST_PAUSE;
        }
        return half.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : half;
    }

    private String client(String worker) {
        return run + "/" + worker;
    }
}
