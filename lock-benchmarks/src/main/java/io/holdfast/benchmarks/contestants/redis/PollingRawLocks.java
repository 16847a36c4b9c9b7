package io.holdfast.benchmarks.contestants.redis;

import io.holdfast.benchmarks.contestants.Setup;

/** The floor whose waiters try again each millisecond: whoever comes first gets the lock, mostly the one who had it. */
public final class PollingRawLocks extends RawLocks {
    private static final int PAUSE_MILLIS = 1;

    /**
     * Connects.
     *
     * @param setup where to
     */
    public PollingRawLocks(Setup setup) {
        super(setup, DELETE);
    }

    @Override
    public RawHold acquire(String resource, String client) throws InterruptedException {
        RawHold hold = candidate(resource);
        while (!tryAcquire(hold)) {
            Thread.sleep(PAUSE_MILLIS);
        }
        return hold;
    }
}
