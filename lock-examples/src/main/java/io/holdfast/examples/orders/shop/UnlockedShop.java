package io.holdfast.examples.orders.shop;

import io.holdfast.examples.orders.input.Order;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;

final class UnlockedShop extends Shop {
    UnlockedShop(Stock stock) {
        super(stock);
    }

    @Override
    public boolean hasLocks() {
        return false;
    }

    @Override
    Seller seller(String worker, Activity activity) {
        return new UnlockedSeller(stock(), activity);
    }

    @Override
    Optional<PausedWorker> pausedWorker(Order order) {
        return Optional.empty();
    }

    @Override
    OptionalLong locksHeld(Collection<Order> orders) {
        return OptionalLong.of(0);
    }
}
