package io.holdfast.examples.orders.shop;

import io.holdfast.examples.orders.input.Order;

/** The same steps with nothing to guard them: what others write between the read and the write is lost. */
record UnlockedSeller(Stock stock, Activity activity) implements Seller {
    @Override
    public Outcome sell(Order order) throws InterruptedException {
        activity.worksOn(order.item());
        long level = stock.level(order.item());
        if (level < order.quantity()) {
            return Outcome.REJECTED;
        }
        Payment.take(order);
        stock.sell(order, level - order.quantity());
        return Outcome.SOLD;
    }
}
