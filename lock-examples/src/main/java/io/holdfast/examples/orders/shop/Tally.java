package io.holdfast.examples.orders.shop;

import io.holdfast.examples.orders.input.Order;
import io.holdfast.examples.orders.text.Text;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** Counts how the orders ended. */
final class Tally {
    private final LongAdder sold = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder abandoned = new LongAdder();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    void count(Outcome outcome) {
        switch (outcome) {
            case SOLD -> sold.increment();
            case REJECTED -> rejected.increment();
        }
    }

    void countFailure(Order order, String reason) {
        failures.add("order " + Text.quoted(order.id()) + ": " + reason);
    }

    void countAbandoned() {
        abandoned.increment();
    }

    long sold() {
        return sold.sum();
    }

    long rejected() {
        return rejected.sum();
    }

    /** Orders that a worker had begun when the job was stopped; nothing of them was sold. */
    long abandoned() {
        return abandoned.sum();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }
}
