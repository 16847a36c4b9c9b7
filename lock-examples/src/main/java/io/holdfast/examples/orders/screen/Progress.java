package io.holdfast.examples.orders.screen;

import io.holdfast.examples.orders.shop.Snapshot;
import java.io.PrintStream;

/** Shows how far a job is, as often as it is told. Used by one thread. */
public interface Progress {
    /**
     * The progress that suits a terminal.
     *
     * @param out where to write
     * @param terminal what can be shown there
     * @return one that is redrawn in its place, or one that adds a line each second
     */
    static Progress on(PrintStream out, Terminal terminal) {
        return terminal.live() ? new LiveProgress(out, terminal) : new PlainProgress(out);
    }

    /**
     * Shows the job's present state.
     *
     * @param now how far it is
     */
    void show(Snapshot now);

    /**
     * Tells something that has happened; it stays to be read.
     *
     * @param now how far the job was
     * @param what a sentence
     */
    void tell(Snapshot now, String what);

    /**
     * Shows the job's last state, and leaves the terminal as it was found.
     *
     * @param last how far it has come
     */
    void end(Snapshot last);
}
