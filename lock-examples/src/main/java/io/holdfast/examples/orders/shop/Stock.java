package io.holdfast.examples.orders.shop;

import io.holdfast.examples.orders.input.Order;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many units of each item there are. As naive as a table that is read and written by two statements: a write
 * replaces the number, whatever has become of it since it was read.
 *
 * <p>It also keeps a ledger of what really left the house, by which the numbers can be checked afterwards.
 */
public final class Stock {
    private final long initial;
    private final Map<String, Long> levels = new ConcurrentHashMap<>();
    private final Map<String, Long> ledger = new ConcurrentHashMap<>();

    /**
     * Fills the stock.
     *
     * @param orders their items are on stock
     * @param initial how many units of each
     */
    public Stock(Collection<Order> orders, long initial) {
        this.initial = initial;
        orders.forEach(order -> levels.put(order.item(), initial));
    }

    long level(String item) {
        return levels.getOrDefault(item, 0L);
    }

    /** Writes the item's new level, and the sale into the ledger. Returns the new level. */
    long sell(Order order, long newLevel) {
        levels.put(order.item(), newLevel);
        ledger.merge(order.item(), (long) order.quantity(), Long::sum);
        return newLevel;
    }

    /**
     * Compares the levels with the ledger, item by item. While somebody sells, only what is oversold means anything.
     *
     * @return the sums over all items
     */
    public Books books() {
        Books books = Books.EMPTY;
        for (Map.Entry<String, Long> item : levels.entrySet()) {
            books = books.plus(initial, item.getValue(), ledger.getOrDefault(item.getKey(), 0L));
        }
        return books;
    }
}
