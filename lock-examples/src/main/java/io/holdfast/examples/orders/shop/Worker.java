package io.holdfast.examples.orders.shop;

import io.holdfast.LockException;
import io.holdfast.StaleTokenException;
import io.holdfast.examples.orders.input.Order;
import java.util.Queue;

/** Takes one order after the other until there are none left or the job is stopped. */
record Worker(Queue<Order> orders, Seller seller, Activity activity, Tally tally) implements Runnable {
    @Override
    public void run() {
        try {
            for (Order order = orders.poll(); order != null; order = orders.poll()) {
                handle(order);
            }
        } catch (InterruptedException stopped) {
            tally.countAbandoned();
            Thread.currentThread().interrupt();
        } finally {
            activity.rests();
        }
    }

    private void handle(Order order) throws InterruptedException {
        try {
            tally.count(seller.sell(order));
        } catch (StaleTokenException lostMeanwhile) {
            // The write was refused, so nothing was sold: the order goes back.
            orders.add(order);
        } catch (LockException failed) {
            tally.countFailure(order, String.valueOf(failed.getMessage()));
        }
    }
}
