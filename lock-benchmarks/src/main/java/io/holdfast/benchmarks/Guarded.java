package io.holdfast.benchmarks;

/** What a lock guards: it notices when two are inside at once, and when an update is lost. */
public interface Guarded {
    /**
     * Goes in.
     *
     * @param who a number other than 0 that nobody else uses
     * @throws IllegalStateException if somebody else is inside
     */
    void enter(int who);

    /**
     * Goes out.
     *
     * @param who who has entered
     * @throws IllegalStateException if somebody else has come inside meanwhile
     */
    void leave(int who);

    /**
     * Goes in and out again.
     *
     * @param who a number other than 0 that nobody else uses
     * @throws IllegalStateException if somebody else is inside
     */
    default void pass(int who) {
        enter(who);
        leave(who);
    }

    /**
     * How often somebody passed; only to be read by one who holds the lock or when all are done.
     *
     * @return the count; it is too small if two were inside at once
     */
    long passes();
}
