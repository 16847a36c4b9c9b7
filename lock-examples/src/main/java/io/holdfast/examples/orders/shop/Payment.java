package io.holdfast.examples.orders.shop;

import io.holdfast.examples.orders.input.Order;
import java.util.concurrent.TimeUnit;

/** Stands for the call to another service that takes a few milliseconds, between reading the stock and writing it. */
final class Payment {
    private static final int SHORTEST_MILLIS = 4;
    private static final int SPREAD_MILLIS = 9;

    private Payment() {}

    /** Takes from 4 to 12 ms, the same for the same order. */
    static void take(Order order) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(SHORTEST_MILLIS + Math.floorMod(order.id().hashCode(), SPREAD_MILLIS));
    }
}
