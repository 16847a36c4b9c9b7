package io.holdfast.examples.orders.shop;

/** What one worker is doing. Written by that worker, read by whoever draws the picture. */
final class Activity {
    private final String worker;
    private final Waits waits;
    private volatile WorkerState state = WorkerState.IDLE;
    private volatile long token;
    private long askedAt;

    Activity(String worker, Waits waits) {
        this.worker = worker;
        this.waits = waits;
    }

    void asksFor(String item) {
        state = new WorkerState(WorkerState.Phase.WAITING, item);
        askedAt = System.nanoTime();
    }

    void holds(String item, long newToken) {
        waits.record(item, worker, System.nanoTime() - askedAt);
        token = newToken;
        worksOn(item);
    }

    void worksOn(String item) {
        state = new WorkerState(WorkerState.Phase.WORKING, item);
    }

    void rests() {
        state = WorkerState.IDLE;
    }

    /** The fencing token of its latest hold; 0 before the first. */
    long token() {
        return token;
    }

    WorkerState state() {
        return state;
    }
}
