package io.holdfast.benchmarks.crew;

import java.io.IOException;

/** A {@link CrewMember} as its coordinator sees it. */
interface Member extends AutoCloseable {
    /** Waits until it can be given tasks. */
    void awaitReady() throws IOException, InterruptedException;

    /** Gives it a task. */
    void send(Task task);

    /**
     * Waits for what became of its task.
     *
     * @throws IOException if it doesn't answer in time or is gone
     */
    Outcome outcome(long limitMillis) throws IOException, InterruptedException;

    /** How long it had been compiling when it last answered. */
    double compiledMillis();

    /** How much processor time it had used when it last answered. */
    double processorMillis();

    /** Waits until it has left in order. */
    @Override
    void close();

    /** Ends it without waiting for it to leave in order. */
    void kill();
}
