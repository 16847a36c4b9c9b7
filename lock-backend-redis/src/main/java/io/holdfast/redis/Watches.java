package io.holdfast.redis;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has one of this process's waiters for a resource ask again when the lease that is in their way has run out: that runs no script, and
 * the first to ask hands over to whoever is first in the queue. One timer serves all waiters for a resource.
 *
 * <p>Thread-safe.
 */
final class Watches {
    /** How long a watch without waiters stays at most, and how often each resource's waiters are looked at. */
    private static final long ROUND = Duration.ofSeconds(10).toNanos();
    /** When to ask again if there is no answer. */
    private static final long PAUSE = Duration.ofSeconds(1).toNanos();

    private final ConcurrentHashMap<String, Watch> byResource = new ConcurrentHashMap<>();
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Round round;

    /**
     * Makes watches that are empty.
     *
     * @param round is made now and then, and when it is time to ask
     */
    Watches(Ticker ticker, Scheduler scheduler, Round round) {
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.round = round;
    }

    void add(Waiter waiter, long askAt) {
        byResource.compute(waiter.request().resource(), (resource, present) -> {
            Watch watch = present == null ? new Watch() : present;
            watch.add(waiter, askAt);
            arm(resource, watch, ticker.read());
            return watch;
        });
        if (waiter.isGone()) {
            remove(waiter);
        }
    }

    void remove(Waiter waiter) {
        byResource.computeIfPresent(waiter.request().resource(), (resource, watch) -> {
            watch.remove(waiter);
            return watch;
        });
    }

    private void arm(String resource, Watch watch, long now) {
        long latest = now + ROUND;
        long moment = watch.askAt() - latest < 0 ? watch.askAt() : latest;
        if (!watch.ringsBy(moment)) {
            watch.set(moment, scheduler.schedule(() -> ring(resource), moment - now));
        }
    }

    private void ring(String resource) {
        long now = ticker.read();
        List<Waiter> waiters = new ArrayList<>();
        boolean[] due = new boolean[1];
        byResource.computeIfPresent(resource, (same, watch) -> {
            watch.rung();
            if (watch.isEmpty()) {
                return null;
            }
            waiters.addAll(watch.waiters());
            due[0] = watch.askAt() - now <= 0;
            if (due[0]) {
                watch.putOff(now + PAUSE);
            }
            arm(resource, watch, now);
            return watch;
        });
        if (!waiters.isEmpty()) {
            round.look(waiters, due[0]);
        }
    }

    /** What is done for the waiters for one resource when the timer rings. */
    @FunctionalInterface
    interface Round {
        /**
         * Looks after some waiters.
         *
         * @param waiters all of this process for one resource, at least one
         * @param due whether it is time to ask again
         */
        void look(List<Waiter> waiters, boolean due);
    }
}
