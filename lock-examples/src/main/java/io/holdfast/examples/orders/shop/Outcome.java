package io.holdfast.examples.orders.shop;

/** How an order ended. */
public enum Outcome {
    /** Its units were taken from the stock. */
    SOLD,
    /** The stock had too few units left. */
    REJECTED
}
