package io.holdfast.examples.orders.shop;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;

/**
 * What the job has come to.
 *
 * @param last the numbers at its end
 * @param failures what went wrong with each failed order
 * @param untouched orders that nobody has handled, because the job was stopped
 * @param books stock and ledger compared
 * @param waits nanoseconds from asking for a lock to having it, for each hold
 * @param story the worker that was paused, if one was
 * @param locksLeft locks of this job that are still held; empty if the backend would not say
 */
public record Result(
        Snapshot last,
        List<String> failures,
        long untouched,
        Books books,
        Histogram waits,
        Optional<Story> story,
        OptionalLong locksLeft) {

    /**
     * Whether each order was handled once or is untouched, and none is missing.
     *
     * @return true if so
     */
    public boolean ordersAddUp() {
        return last.done() + untouched == last.orders();
    }

    /**
     * Whether the late write of the paused worker was refused.
     *
     * @return true if so, or if no worker was paused
     */
    public boolean lateWriteRefused() {
        return story.map(Story::lateWriteRefused).orElse(true);
    }

    /**
     * Whether the job did what locks are for.
     *
     * @return true if nothing was lost, oversold, written late or left locked
     */
    public boolean isRight() {
        return ordersAddUp() && books.balance() && lateWriteRefused() && locksLeft.orElse(1) == 0;
    }
}
