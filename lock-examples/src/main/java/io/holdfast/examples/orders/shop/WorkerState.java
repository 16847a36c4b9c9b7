package io.holdfast.examples.orders.shop;

/**
 * What a worker is doing at one moment.
 *
 * @param phase waiting, working or neither
 * @param item with which item; empty if neither
 */
public record WorkerState(Phase phase, String item) {
    static final WorkerState IDLE = new WorkerState(Phase.IDLE, "");

    /** What one can see of a worker. */
    public enum Phase {
        /** Has no order. */
        IDLE,
        /** Waits for the item's lock. */
        WAITING,
        /** Holds the lock and sells. */
        WORKING
    }
}
