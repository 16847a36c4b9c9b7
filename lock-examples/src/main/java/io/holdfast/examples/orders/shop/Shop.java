package io.holdfast.examples.orders.shop;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import io.holdfast.examples.orders.input.Order;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;

/** A stock and the rules by which the workers sell from it. */
public abstract sealed class Shop permits LockedShop, UnlockedShop {
    private final Stock stock;

    Shop(Stock stock) {
        this.stock = stock;
    }

    /**
     * A shop where each item is guarded by a lock.
     *
     * @param stock what there is to sell
     * @param locks grants the locks; to be closed by the caller
     * @param timeout how long a worker waits for a lock at most
     * @param options lease and renewal
     * @return the shop
     */
    public static Shop withLock(Stock stock, DistributedLock locks, Duration timeout, LockOptions options) {
        return new LockedShop(stock, locks, timeout, options);
    }

    /**
     * A shop where the workers don't know of each other.
     *
     * @param stock what there is to sell
     * @return the shop
     */
    public static Shop withoutLock(Stock stock) {
        return new UnlockedShop(stock);
    }

    /**
     * Whether the workers of this shop use locks.
     *
     * @return true if they do
     */
    public abstract boolean hasLocks();

    final Stock stock() {
        return stock;
    }

    abstract Seller seller(String worker, Activity activity);

    /** A worker to be paused with this order in hand, where there is a lock that it can lose. */
    abstract Optional<PausedWorker> pausedWorker(Order order);

    /** How many of these orders' items are still locked by workers of this shop; empty if the backend won't say. */
    abstract OptionalLong locksHeld(Collection<Order> orders);
}
