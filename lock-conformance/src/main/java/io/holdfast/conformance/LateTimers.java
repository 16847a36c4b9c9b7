package io.holdfast.conformance;

import java.time.Duration;

/**
 * Notices when this process stands still for a while: its timers come late then, and what hangs on them is no fault of a
 * backend. Uses the timers that lock managers use. It looks four times in a fixture's slack, and close ends that.
 *
 * <p>Thread-safe.
 */
public final class LateTimers implements AutoCloseable {
    private final BackendFixture fixture;
    private final long every;
    private volatile long seen;
    private volatile long longest;
    private volatile boolean closed;

    /**
     * Watches from now on.
     *
     * @param fixture one whose time is real, so that it has a slack
     */
    public LateTimers(BackendFixture fixture) {
        this.fixture = fixture;
        this.every = fixture.slack().dividedBy(4).toNanos();
        this.seen = fixture.ticker().read();
        next();
    }

    private void next() {
        var unused = fixture.scheduler().schedule(this::look, every);
    }

    private void look() {
        longest = Math.max(longest, sinceSeen());
        seen = fixture.ticker().read();
        if (!closed) {
            next();
        }
    }

    private long sinceSeen() {
        return fixture.ticker().read() - seen - every;
    }

    /**
     * By how much a timer has come too late, at most; the present one counts with what it is late so far.
     *
     * @return zero or more, short by up to a quarter of the slack
     */
    public Duration longestStall() {
        return Duration.ofNanos(Math.max(0, Math.max(longest, sinceSeen())));
    }

    /** Watches no longer. */
    @Override
    public void close() {
        closed = true;
    }
}
