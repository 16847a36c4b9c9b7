package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.CriticalSection;
import io.holdfast.benchmarks.contestants.AsyncNamedLocks;
import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.profile.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * As {@link CrowdJob} on resources of their own, but by the asynchronous API: so many requests are always under way,
 * and no thread waits for them.
 */
final class LanesJob implements Job {
    private static final int PATIENCE_SECONDS = 30;
    /** A pool of its own: where the common pool has one thread, as on two processors, futures start a thread for each task instead. */
    private static final Executor NEXT = new ForkJoinPool(Runtime.getRuntime().availableProcessors());

    @Override
    public Outcome run(NamedLocks<?> locks, Task task) throws Exception {
        if (!(locks instanceof AsyncNamedLocks<?> async)) {
            throw new IllegalArgumentException("it has no asynchronous API");
        }
        Window window = Window.of(task);
        List<Lane<?>> lanes = new ArrayList<>();
        Window.sleepUntil(window.start());
        for (int i = 0; i < task.threads(); i++) {
            lanes.add(new Lane<>(async, task.name() + "-" + i, task.resources(), window));
        }
        lanes.forEach(Lane::next);
        Window.sleepUntil(window.counted());
        Measured measured = Measured.begin(task.name());
        Window.sleepUntil(window.end());
        long cpu = measured.end();
        Histogram pairs = CrowdJob.durations();
        long[] grants = new long[lanes.size()];
        long all = 0;
        for (int i = 0; i < grants.length; i++) {
            Lane<?> lane = lanes.get(i);
            lane.done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            pairs.add(lane.pairs);
            grants[i] = lane.counted;
            all += lane.all;
        }
        return Outcome.of(grants, all).with("waits", pairs).with("pairs", pairs).with("cpu", cpu);
    }

    /** One request after the other. Each step happens before the next, whatever thread it is on. */
    private static final class Lane<H> {
        private final AsyncNamedLocks<H> locks;
        private final String name;
        private final Window window;
        private final CriticalSection[] sections;
        private final Histogram pairs = CrowdJob.durations();
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private long counted;
        private long all;

        Lane(AsyncNamedLocks<H> locks, String name, int resources, Window window) {
            this.locks = locks;
            this.name = name;
            this.window = window;
            sections = new CriticalSection[resources];
            for (int i = 0; i < resources; i++) {
                sections[i] = new CriticalSection();
            }
        }

        void next() {
            long asked = System.nanoTime();
            if (asked - window.end() >= 0) {
                done.complete(null);
                return;
            }
            int i = (int) (all++ % sections.length);
            locks.acquireAsync(name + "-" + i, name)
                    .thenCompose(hold -> {
                        try {
                            sections[i].pass(1);
                        } catch (RuntimeException twoAtOnce) {
                            return locks.releaseAsync(hold).handle((released, failure) -> {
                                throw twoAtOnce;
                            });
                        }
                        return locks.releaseAsync(hold);
                    })
                    // On another thread: a lock that answers at once would fill the stack.
                    .whenCompleteAsync((released, failure) -> passed(asked, failure), NEXT);
        }

        private void passed(long asked, @Nullable Throwable failure) {
            if (failure != null) {
                done.completeExceptionally(failure);
                return;
            }
            long now = System.nanoTime();
            if (window.counts(now)) {
                counted++;
                pairs.recordValue(now - asked);
            }
            next();
        }
    }
}
