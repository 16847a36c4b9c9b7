package io.holdfast.examples.orders.shop;

/**
 * What the stock says after the job, and what the ledger says.
 *
 * @param items how many items there are
 * @param initial units on stock before
 * @param left units on stock now, as the stock says
 * @param sold units that left the house, as the ledger says
 * @param oversold units sold that never were on stock
 * @param oversoldItems of how many items
 * @param lost units by which the stock is wrong: sales that somebody else's write has undone
 */
public record Books(int items, long initial, long left, long sold, long oversold, int oversoldItems, long lost) {
    static final Books EMPTY = new Books(0, 0, 0, 0, 0, 0, 0);

    Books plus(long itemInitial, long itemLeft, long itemSold) {
        long tooMany = Math.max(0, itemSold - itemInitial);
        return new Books(
                items + 1,
                initial + itemInitial,
                left + itemLeft,
                sold + itemSold,
                oversold + tooMany,
                oversoldItems + (tooMany > 0 ? 1 : 0),
                lost + Math.abs(itemInitial - itemSold - itemLeft));
    }

    /**
     * Whether stock and ledger agree on every item, and nothing was sold that wasn't there.
     *
     * @return true if so
     */
    public boolean balance() {
        return oversold == 0 && lost == 0;
    }
}
