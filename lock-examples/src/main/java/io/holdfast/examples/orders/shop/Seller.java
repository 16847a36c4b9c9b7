package io.holdfast.examples.orders.shop;

import io.holdfast.examples.orders.input.Order;

/** How one worker handles an order: reads the stock, thinks, and writes it. */
@FunctionalInterface
interface Seller {
    /**
     * Sells an order if the stock has enough.
     *
     * @throws InterruptedException if the job is stopped; nothing was sold then
     */
    Outcome sell(Order order) throws InterruptedException;
}
