package io.holdfast.examples.orders.shop;

import io.holdfast.examples.orders.input.Order;
import java.time.Duration;

/**
 * What became of worker A, which was paused past its lease, and of worker B, which got its order.
 *
 * @param order what A was about to sell
 * @param lease how long A's hold was good for
 * @param tokenOfA the fencing token of A's hold
 * @param tokenOfB the fencing token of B's hold
 * @param outcome what B did with the order
 * @param lateWriteRefused whether the stock refused what A wrote when it woke up
 */
public record Story(
        Order order, Duration lease, long tokenOfA, long tokenOfB, Outcome outcome, boolean lateWriteRefused) {}
