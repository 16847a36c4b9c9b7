package io.holdfast.conformance.history;

/** The interrupt of a thread that happens while the thread does one certain thing, or not at all. */
final class Interruption {
    private final Thread thread;
    private boolean over;

    Interruption(Thread thread) {
        this.thread = thread;
    }

    synchronized void happen() {
        if (!over) {
            thread.interrupt();
        }
    }

    /** Called by the thread itself when the thing is done: a late interrupt must not hit the next one. */
    synchronized void end() {
        over = true;
        boolean unused = Thread.interrupted();
    }
}
