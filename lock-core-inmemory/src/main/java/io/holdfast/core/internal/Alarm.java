package io.holdfast.core.internal;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One alarm clock for any number of deadlines: it rings no later than the earliest moment that anybody asked for. Who hears it looks at what is due and asks for the
 * next moment. To ask for a later moment than the present one costs a single read.
 *
 * <p>Thread-safe.
 */
public final class Alarm {
    private static final long UNSET = Long.MAX_VALUE;

    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Runnable listener;
    private final long origin;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long setFor = UNSET;
    private Scheduler.@Nullable Cancellable pending;
    private long latestSetting;
    private boolean closed;

    /**
     * Makes an alarm that isn't set.
     *
     * @param ticker tells the time
     * @param scheduler runs the listener
     * @param listener called when it rings, perhaps before anything is due; asks for the next ring by {@link #ringBy}
     */
    public Alarm(Ticker ticker, Scheduler scheduler, Runnable listener) {
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.listener = listener;
        this.origin = ticker.read();
    }

    /**
     * Asks for a ring no later than a moment.
     *
     * @param moment when, on the ticker
     */
    public void ringBy(long moment) {
        if (moment - origin < setFor) {
            set(moment);
        }
    }

    private void set(long moment) {
        lock.lock();
        try {
            if (closed || moment - origin >= setFor) {
                return;
            }
            if (pending != null) {
                pending.cancel();
            }
            setFor = moment - origin;
            long setting = ++latestSetting;
            pending = scheduler.schedule(() -> ring(setting), Math.max(0, moment - ticker.read()));
        } finally {
            lock.unlock();
        }
    }

    private void ring(long setting) {
        lock.lock();
        try {
            // One that was cancelled too late must not ring: it would forget the one that took its place.
            if (closed || setting != latestSetting) {
                return;
            }
            setFor = UNSET;
            pending = null;
        } finally {
            lock.unlock();
        }
        listener.run();
    }

    /** Never rings again. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (pending != null) {
                pending.cancel();
                pending = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
