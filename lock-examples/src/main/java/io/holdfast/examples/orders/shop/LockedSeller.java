package io.holdfast.examples.orders.shop;

import io.holdfast.DistributedLock;
import io.holdfast.InMemoryFencingGuard;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.examples.orders.input.Order;
import java.time.Duration;

/** Sells under the item's lock, and shows its fencing token to the stock at each step. */
record LockedSeller(
        DistributedLock locks,
        InMemoryFencingGuard guard,
        Stock stock,
        String client,
        Duration timeout,
        LockOptions options,
        Activity activity)
        implements Seller {

    @Override
    public Outcome sell(Order order) throws InterruptedException {
        String resource = order.resource();
        activity.asksFor(order.item());
        try (LockHandle hold = locks.acquire(resource, client, timeout, options)) {
            long token = hold.fencingToken();
            activity.holds(order.item(), token);
            // The token goes along with the read, too: from here on no earlier holder can change what was read.
            long level = guard.write(resource, token, () -> stock.level(order.item()));
            if (level < order.quantity()) {
                return Outcome.REJECTED;
            }
            Payment.take(order);
            guard.write(resource, token, () -> stock.sell(order, level - order.quantity()));
            return Outcome.SOLD;
        }
    }
}
