package io.holdfast.examples.orders.input;

/**
 * One row of the file.
 *
 * @param id how people call it
 * @param item what is ordered; orders of the same item compete for its stock
 * @param quantity how many units, at least 1
 * @param customer who ordered; may be empty
 */
public record Order(String id, String item, int quantity, String customer) {
    /** The greatest quantity of one order. */
    public static final int MAX_QUANTITY = 1_000_000_000;

    /**
     * What to lock for this order.
     *
     * @return the resource's name, the same for all orders of one item
     */
    public String resource() {
        return resource(item);
    }

    static String resource(String item) {
        return "stock/" + item;
    }
}
