package io.holdfast.examples.orders.shop;

import java.util.List;

/**
 * How far the job is.
 *
 * @param orders how many there are
 * @param sold how many of them were sold
 * @param rejected how many found too little stock
 * @param failed how many didn't get a lock
 * @param handOvers how often a lock passed from one worker to another
 * @param oversold how many units were sold that never were on stock
 * @param workers what each is doing
 * @param scene what the paused worker is doing; empty if there is none
 * @param elapsedNanos since when the job has been running
 */
public record Snapshot(
        int orders,
        long sold,
        long rejected,
        long failed,
        long handOvers,
        long oversold,
        List<WorkerState> workers,
        String scene,
        long elapsedNanos) {

    /**
     * Orders that have come to their end.
     *
     * @return sold, rejected and failed ones
     */
    public long done() {
        return sold + rejected + failed;
    }

    /**
     * How many workers are in a phase.
     *
     * @param phase which phase
     * @return the number of workers
     */
    public long workersIn(WorkerState.Phase phase) {
        return workers.stream().filter(worker -> worker.phase() == phase).count();
    }

    /**
     * The average speed.
     *
     * @return orders per second
     */
    public long perSecond() {
        return elapsedNanos == 0 ? 0 : Math.round(done() * 1e9 / elapsedNanos);
    }
}
