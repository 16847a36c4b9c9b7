package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.CriticalSection;
import io.holdfast.benchmarks.Guarded;
import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.profile.Measured;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Threads that lock and release without pause: resources of their own, or one that all want. */
final class CrowdJob implements Job {
    private static final int DIGITS = 3;

    static Histogram durations() {
        return new Histogram(DIGITS);
    }

    @Override
    public Outcome run(NamedLocks<?> locks, Task task) throws Exception {
        Window window = Window.of(task);
        Guarded shared = task.section() == null ? new CriticalSection() : SharedSection.of(Path.of(task.section()));
        List<Visitor> visitors = new ArrayList<>();
        for (int i = 0; i < task.threads(); i++) {
            visitors.add(new Visitor(locks, task, i, window, shared));
        }
        visitors.forEach(Thread::start);
        Window.sleepUntil(window.counted());
        Measured measured = Measured.begin(task.name());
        Window.sleepUntil(window.end());
        long cpu = measured.end();
        for (Visitor visitor : visitors) {
            visitor.join();
            if (visitor.failure instanceof Error error) {
                throw error;
            }
            if (visitor.failure instanceof Exception exception) {
                throw exception;
            }
        }
        if (task.section() == null && task.resources() == 0) {
            requireNoneLost(visitors, shared);
        }
        return outcome(visitors).with("cpu", cpu);
    }

    private static void requireNoneLost(List<Visitor> visitors, Guarded shared) {
        long all = visitors.stream().mapToLong(visitor -> visitor.all).sum();
        if (shared.passes() != all) {
            throw new IllegalStateException(
                    all + " grants, but " + shared.passes() + " updates: the lock doesn't exclude");
        }
    }

    private static Outcome outcome(List<Visitor> visitors) {
        Histogram waits = durations();
        Histogram pairs = durations();
        long all = 0;
        long[] grants = new long[visitors.size()];
        for (int i = 0; i < grants.length; i++) {
            Visitor visitor = visitors.get(i);
            waits.add(visitor.waits);
            pairs.add(visitor.pairs);
            grants[i] = visitor.counted;
            all += visitor.all;
        }
        return Outcome.of(grants, all).with("waits", waits).with("pairs", pairs);
    }

    /** One thread of the crowd. */
    private static final class Visitor extends Thread {
        private final NamedLocks<?> locks;
        private final String[] resources;
        private final Guarded[] guarded;
        private final String client;
        private final int who;
        private final Window window;
        private final Histogram waits = durations();
        private final Histogram pairs = durations();
        private long counted;
        private long all;
        private @Nullable Throwable failure;

        Visitor(NamedLocks<?> locks, Task task, int number, Window window, Guarded shared) {
            super("visitor-" + number);
            setDaemon(true);
            this.locks = locks;
            this.who = task.member() * task.threads() + number + 1;
            this.client = "client-" + who;
            this.window = window;
            int own = task.resources();
            resources = new String[Math.max(1, own)];
            guarded = new Guarded[resources.length];
            for (int i = 0; i < resources.length; i++) {
                resources[i] = own == 0 ? task.name() : task.name() + "-" + who + "-" + i;
                guarded[i] = own == 0 ? shared : new CriticalSection();
            }
        }

        @Override
        public void run() {
            try {
                Window.sleepUntil(window.start());
                for (int i = 0; System.nanoTime() - window.end() < 0; i = (i + 1) % resources.length) {
                    visit(locks, resources[i], guarded[i]);
                }
            } catch (Exception | Error unexpected) {
                failure = unexpected;
            }
        }

        private <H> void visit(NamedLocks<H> contestant, String resource, Guarded section) throws InterruptedException {
            long asked = System.nanoTime();
            H hold = contestant.acquire(resource, client);
            long granted = System.nanoTime();
            try {
                section.pass(who);
            } catch (RuntimeException twoAtOnce) {
                throw contestant.releaseAfter(hold, twoAtOnce);
            }
            contestant.release(hold);
            long released = System.nanoTime();
            all++;
            if (window.counts(granted)) {
                counted++;
                waits.recordValue(granted - asked);
                pairs.recordValue(released - asked);
            } else if (asked - window.end() < 0 && granted - window.end() >= 0) {
                // Who starves until the end has waited at least so long.
                waits.recordValue(window.end() - Math.max(asked, window.counted()));
            }
        }
    }
}
