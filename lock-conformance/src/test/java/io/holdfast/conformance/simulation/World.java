package io.holdfast.conformance.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * True time and what happens in it: one event after the other, on one thread. All chance comes from one seed, so that
 * the same seed gives the same run.
 */
final class World {
    static final long MILLIS = 1_000_000L;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final SplittableRandom random;
    private final List<String> trace = new ArrayList<>();
    private final boolean traced;
    private long now;
    private long planned;
    private long lives;

    World(long seed, boolean traced) {
        this.random = new SplittableRandom(seed);
        this.traced = traced;
    }

    /** True time, in nanoseconds since the beginning. */
    long now() {
        return now;
    }

    /** Has something happen after a delay. Of two things at the same moment, chance decides which comes first. */
    Event in(long delay, Runnable action) {
        Event event = new Event(now + Math.max(0, delay), random.nextInt(), planned++, action);
        events.add(event);
        return event;
    }

    /** Has something happen so many times, each time after a delay from the first (inclusive) to the second (exclusive). */
    void repeatedly(int times, long from, long to, Runnable action) {
        for (int i = 0; i < times; i++) {
            in(between(from, to), action);
        }
    }

    void cancel(Event event) {
        events.remove(event);
    }

    /** A number for the life of a server, which no other life has. */
    long nextLife() {
        return ++lives;
    }

    /** Lets everything happen up to a moment, and calls the observer after each event. */
    void runUntil(long moment, Runnable observer) {
        while (!events.isEmpty() && events.peek().moment <= moment) {
            Event event = events.remove();
            now = event.moment;
            event.action.run();
            observer.run();
        }
        now = Math.max(now, moment);
    }

    /** A number from the first (inclusive) to the second (exclusive). */
    long between(long from, long to) {
        return random.nextLong(from, to);
    }

    /** Whether something of this probability comes true. */
    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** Notes what happened, if this run is to be shown. */
    void note(String who, Supplier<String> what) {
        if (traced) {
            trace.add(String.format(Locale.ROOT, "%12.6f  %-8s %s", now / 1e6, who, what.get()));
        }
    }

    List<String> trace() {
        return trace;
    }

    /** Something that will happen. */
    static final class Event implements Comparable<Event> {
        private final long moment;
        private final int tie;
        private final long number;
        private final Runnable action;

        private Event(long moment, int tie, long number, Runnable action) {
            this.moment = moment;
            this.tie = tie;
            this.number = number;
            this.action = action;
        }

        @Override
        public int compareTo(Event other) {
            if (moment != other.moment) {
                return Long.compare(moment, other.moment);
            }
            return tie == other.tie ? Long.compare(number, other.number) : Integer.compare(tie, other.tie);
        }
    }
}
