package io.holdfast.conformance;

import java.time.Duration;

/**
 * Notices when this process stands still for a while: its timers come late then, and what hangs on them is no fault of a
 * backend. Uses the timers that lock managers use.
 */
final class LateTimers implements AutoCloseable {
    private final BackendFixture fixture;
    private final long every;
    private volatile long seen;
    private volatile long longest;
    private volatile boolean closed;

    /** Watches from now on; only for fixtures whose time is real. */
    LateTimers(BackendFixture fixture) {
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

    /** By how much a timer has come too late, at most. */
    Duration longestStall() {
        return Duration.ofNanos(Math.max(longest, sinceSeen()));
    }

    @Override
    public void close() {
        closed = true;
    }
}
