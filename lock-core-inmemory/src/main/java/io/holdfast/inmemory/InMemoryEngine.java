package io.holdfast.inmemory;

import io.holdfast.core.SystemTime;
import io.holdfast.core.internal.Alarm;
import io.holdfast.core.internal.DueWheel;
import io.holdfast.core.internal.Stripes;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import io.holdfast.spi.TokenFloor;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The in-memory store: what a server is to the other backends. Resources are spread over independently locked
 * {@link LockTable}s; leases end on time by one timer for all of them; a released lock leaves nothing behind.
 *
 * <p>Each {@link #connect connection} is a backend of its own, as if it came from another process: use several to try
 * out in one JVM what will be several.
 *
 * <p>Thread-safe. Close it to stop its timer.
 */
public final class InMemoryEngine implements AutoCloseable {
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Runnable stopTime;
    private final Alarm alarm;
    private final AtomicLong tokenFloor = new AtomicLong();
    private final Stripes<Stripe> stripes;
    private final long incarnation = new SecureRandom().nextLong();
    private final long bornAt;

    private InMemoryEngine(Ticker ticker, Scheduler scheduler, Runnable stopTime) {
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.stopTime = stopTime;
        this.bornAt = ticker.read();
        this.alarm = new Alarm(ticker, scheduler, this::expire);
        this.stripes = new Stripes<>(() -> new Stripe(ticker, alarm, tokenFloor, this::wallClock));
    }

    /**
     * An empty engine in real time, with a timer thread of its own.
     *
     * @return the engine, to be closed by the caller
     */
    public static InMemoryEngine create() {
        SystemTime time = new SystemTime();
        return new InMemoryEngine(time, time, time::close);
    }

    /**
     * An empty engine in time that belongs to somebody else, for example to a test.
     *
     * @param ticker tells the time
     * @param scheduler runs the end of leases; agrees with the ticker
     * @return the engine, to be closed by the caller
     */
    public static InMemoryEngine create(Ticker ticker, Scheduler scheduler) {
        Objects.requireNonNull(ticker, "ticker");
        Objects.requireNonNull(scheduler, "scheduler");
        return new InMemoryEngine(ticker, scheduler, () -> {});
    }

    /**
     * Connects to the store, as one process would. To close the connection ends its waiting requests and leaves its holds to
     * their leases, like the death of a process.
     *
     * @return a backend
     */
    public LockBackend connect() {
        return new InMemoryBackend(this, false, () -> {});
    }

    /** A connection for a manager that shares the engine's ticker, and closes the engine with itself. */
    LockBackend connectAsOwner() {
        return new InMemoryBackend(this, true, this::close);
    }

    Ticker ticker() {
        return ticker;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Stripe stripeOf(String resource) {
        return stripes.of(resource);
    }

    List<Stripe> stripes() {
        return stripes.made();
    }

    /** Raises the tokens of all holds to come; gives the greatest so far. */
    long raiseFloor(long token, long life) {
        // First for the stripes that are made from now on, then for those that are there.
        long greatest = life == incarnation ? tokenFloor.accumulateAndGet(token, Math::max) : tokenFloor.get();
        for (Stripe stripe : stripes.made()) {
            greatest = Math.max(greatest, stripe.greatestToken());
        }
        return greatest;
    }

    boolean isFloorRaised() {
        return tokenFloor.get() > 0;
    }

    /** An engine remembers for as long as it lives. */
    TokenFloor.Memory memory() {
        return new TokenFloor.Memory(incarnation, Duration.ofNanos(ticker.read() - bornAt));
    }

    /**
     * How much the engine remembers: zero when nothing is held and nobody waits.
     *
     * @return a number that grows with holds and waiters
     */
    int size() {
        int size = 0;
        for (Stripe stripe : stripes.made()) {
            size += stripe.size();
        }
        return size;
    }

    private void expire() {
        long now = ticker.read();
        long delay = DueWheel.NEVER;
        for (Stripe stripe : stripes.made()) {
            stripe.expire(now);
            delay = Math.min(delay, stripe.delayUntilExpiry(now));
        }
        if (delay != DueWheel.NEVER) {
            alarm.ringBy(now + delay);
        }
    }

    private Instant wallClock(long moment) {
        return SystemTime.wallClock().plusNanos(moment - ticker.read());
    }

    /** Stops the timer: leases that are over end no more. */
    @Override
    public void close() {
        alarm.close();
        stopTime.run();
    }
}
